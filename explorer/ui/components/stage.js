const BAR = 40 // pixels kept free at the bottom, and once more where a button stands above the bar
let lectured = false
const below = () => (lectured && document.querySelector("[class*='st-key-kept'] button") ? 2 * BAR : BAR)
const SMALLEST = 0.75 // at which the letters of charts, of 24 pixels, have 18
const LARGEST = 1.4
const NARROWEST = 0.25 // of the page

// ---- fitting: the largest letters and charts with which the picture ends above the bar; where the smallest are too
// large, a narrower picture, for images are as high as they are wide. The style of explorer/ui/stage.py scales charts
// and text by --stage-scale: a zoom of the whole would mislead what measures its own width.
const pictureOf = () => document.querySelector('[data-testid="stMain"] .st-key-picture')
// Its height, with what hangs out of a chart below: Vega draws a legend's new row there when the width changes.
const tall = picture => {
  const box = picture.getBoundingClientRect()
  const drawn = [...picture.querySelectorAll(".vega-embed svg > g")].map(g => g.getBoundingClientRect().bottom)
  return Math.max(box.bottom, ...drawn) - box.top
}
const set = (picture, scale, width) => {
  picture.style.setProperty("--stage-scale", scale)
  picture.style.width = picture.style.maxWidth = width ? `${Math.floor(width)}px` : ""
  picture.style.alignSelf = width ? "center" : ""
}
const most = (low, high, fits) => { // the largest number in [low, high] that fits; low where none does
  if (fits(high)) return high
  for (let i = 0; i < 9; i += 1) {
    const middle = (low + high) / 2
    fits(middle) ? (low = middle) : (high = middle)
  }
  return low
}
let ceiling = LARGEST // sinks where a chart grew after it was fitted, as when its legend takes another row
function fit() {
  const picture = pictureOf(), block = document.querySelector('[data-testid="stMainBlockContainer"]')?.firstElementChild
  if (!block || !picture?.firstElementChild) return ""
  const wide = picture.parentElement.getBoundingClientRect().width
  const above = block.getBoundingClientRect()
  const room = Math.max(120, window.innerHeight - below() - above.top - (above.height - picture.getBoundingClientRect().height))
  const before = Number(picture.style.getPropertyValue("--stage-scale"))
  if (picture.style.width && tall(picture) > room + 1) { // but not past the smallest, which may fit
    const lower = Math.max(before > SMALLEST + 1e-3 ? SMALLEST : 0, Math.min(ceiling, 0.96 * before))
    const high = tall(picture)
    set(picture, 0.2, wide)
    if (tall(picture) < high) ceiling = lower // else its letters are not what makes it too high
  }
  const small = Math.min(SMALLEST, ceiling)
  const fits = (scale, width) => {
    set(picture, scale, width)
    return tall(picture) <= room
  }
  let scale = most(small, ceiling, scale => fits(scale, wide)), width = wide
  if (!fits(scale, wide)) {
    width = most(NARROWEST * wide, wide, width => fits(scale, width))
    if (!fits(scale, width)) { // charts do not shrink with the width: smaller letters are all that is left
      width = wide
      scale = most(0.2, small, scale => fits(scale, wide))
      if (!fits(scale, wide)) scale = small // what is too high does not shrink with its letters: let them be read
    }
  }
  set(picture, scale, width)
  return `${Math.round(room)} ${Math.round(tall(picture))}`
}

const typing = event => {
  const target = event.composedPath()[0]
  const kinds = "input, textarea, select, [contenteditable=true], [role=combobox], [role=slider], [role=listbox]"
  return target instanceof Element && target.matches(kinds)
}
const ARROWS = {
  ArrowLeft: [[0, -1], [2, -1]], ArrowRight: [[0, 1], [2, 1]], ArrowUp: [[1, -1], null], ArrowDown: [[1, 1], null],
}

// ---- the visitor's own lecture outlives the session in this browser
let asked = false
function keep(text, found) {
  try {
    if (text) localStorage.setItem("explorer-lecture", text)
    else if (!asked && localStorage.getItem("explorer-lecture")) found(localStorage.getItem("explorer-lecture"))
    asked = true
  } catch { } // a browser may forbid it: then the lecture lasts as long as the session
}

const ended = new WeakMap() // what takes the listeners of the last call away

export default function ({ data, parentElement, setTriggerValue }) {
  ended.get(parentElement)?.()
  const find = selector => parentElement.querySelector(selector)
  const bar = find(".bar"), notes = find(".notes"), { presenting, places, lecture } = data
  bar.hidden = !presenting
  lectured = Boolean(lecture)
  document.documentElement.style.setProperty("--stage-kept", lectured ? `${BAR}px` : "3px")
  find(".where").textContent = places.map(([keys, text]) => `${keys} ${text}`).join(" · ")
  for (const part of parentElement.querySelectorAll("[data-leaf], .leaf, [data-act=notes]")) part.hidden = !lecture
  find(".leaf").textContent = lecture?.text ?? ""
  find("[data-leaf='-1']").disabled = lecture?.first ?? true
  find("[data-leaf='1']").disabled = lecture?.last ?? true
  if (!lecture || !presenting || notes.dataset.of !== lecture.text) notes.hidden = true
  notes.textContent = lecture?.say ?? ""
  notes.dataset.of = lecture?.text ?? ""

  keep(data.kept, text => setTriggerValue("found", text))
  const turn = by => lecture && !(by < 0 ? lecture.first : lecture.last) && setTriggerValue("turned", by)
  const show = () => (notes.hidden = !notes.hidden || !lecture?.say)
  find("[data-act=leave]").onclick = () => setTriggerValue("switched", true)
  find("[data-act=notes]").onclick = show
  for (const button of parentElement.querySelectorAll("[data-leaf]")) {
    button.onclick = () => turn(Number(button.dataset.leaf))
  }

  function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return
    const arrow = presenting && ARROWS[event.key]?.[event.shiftKey ? 1 : 0]
    if (event.key === "p" || event.key === "P") setTriggerValue("switched", true)
    else if (event.key === "n" && presenting && lecture) show()
    else if (event.key === "PageDown" && presenting && lecture) turn(1)
    else if (event.key === "PageUp" && presenting && lecture) turn(-1)
    else if (arrow && arrow[0] < places.length) setTriggerValue("stepped", arrow)
    else if (arrow && arrow[0] === 0 && lecture) turn(arrow[1])
    else return
    event.preventDefault()
  }
  document.addEventListener("keydown", pressed)

  // ---- the picture is fitted anew whenever something in it, around it, or the window changes
  let waiting, last = "", again = 0
  const observer = new ResizeObserver(() => later())
  const changes = new MutationObserver(() => {
    again = 0
    later()
  })
  function later() {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      const now = fit()
      again = now === last ? again + 1 : 0 // a picture that cannot be made to fit is not tried for ever
      last = now
      const picture = pictureOf()
      if (picture && again < 4) for (const each of [picture, ...picture.querySelectorAll("svg, img, iframe, [data-testid^=stBidi]")]) observer.observe(each)
      if (again >= 4) observer.disconnect()
    }, 60)
  }
  const resized = () => {
    again = 0
    ceiling = LARGEST
    later()
  }
  if (presenting) {
    window.addEventListener("resize", resized)
    ceiling = LARGEST
    changes.observe(document.querySelector('[data-testid="stMain"]'), { childList: true, subtree: true })
    later()
  } else if (pictureOf()) set(pictureOf(), 1, 0)

  const end = () => {
    document.removeEventListener("keydown", pressed)
    window.removeEventListener("resize", resized)
    clearTimeout(waiting)
    observer.disconnect()
    changes.disconnect()
  }
  ended.set(parentElement, end)
  return end
}
