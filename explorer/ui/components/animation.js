// What an animation remembers while Python runs again: the frame shown and whether it plays.
const states = new WeakMap()
const SECONDS = 6 // of a whole animation, but no frame is shorter or longer than these milliseconds
const SHORTEST = 80, LONGEST = 600

export default function ({ data, parentElement }) {
  const find = selector => parentElement.querySelector(selector)
  const slider = find("input"), button = find("button"), caption = find("output")
  const state = states.get(parentElement) ?? { timer: null }
  states.set(parentElement, state)
  const last = data.captions.length - 1

  function make(tag, parent, attributes) {
    const element = Object.assign(document.createElement(tag), attributes)
    parent.append(element)
    return element
  }
  function tiles(parent, panel, attributes) {
    const box = make("div", parent, { className: "tiles" })
    const image = make("img", box, attributes)
    const rows = Math.ceil(panel.labels.length / panel.columns)
    panel.labels.forEach((label, i) => {
      const text = make("span", box, { textContent: label, ariaHidden: "true" })
      text.style.left = `${(100 * (i % panel.columns)) / panel.columns}%`
      text.style.top = `${(100 * Math.floor(i / panel.columns)) / rows}%`
    })
    return image
  }
  find(".panels").replaceChildren()
  const images = data.panels.map(panel => {
    const box = make("div", find(".panels"), { className: "panel" })
    make("strong", box, { textContent: panel.heading })
    const image = tiles(box, panel, {})
    if (panel.below) {
      make("small", box, { textContent: panel.says })
      tiles(box, panel, { src: panel.below, alt: panel.says })
    }
    return image
  })

  if (state.id !== data.id) {
    pause()
    Object.assign(state, { id: data.id, at: last })
  }
  function draw() {
    images.forEach((image, i) => {
      image.src = data.panels[i].frames[state.at]
      image.alt = `${data.panels[i].alt}, ${data.captions[state.at]}`
    })
    caption.textContent = data.captions[state.at]
    slider.max = last
    slider.value = state.at
    button.textContent = state.timer ? "❚❚ Pause" : "▶ Play"
    slider.disabled = button.disabled = !last
  }
  function pause() {
    clearInterval(state.timer)
    state.timer = null
  }
  function next() {
    state.at = Math.min(last, state.at + 1)
    if (state.at === last) pause()
    draw()
  }
  button.onclick = () => {
    if (state.timer) pause()
    else {
      if (state.at === last) state.at = 0
      state.timer = setInterval(next, Math.max(SHORTEST, Math.min(LONGEST, (1000 * SECONDS) / (last + 1))))
    }
    draw()
  }
  slider.oninput = () => {
    pause()
    state.at = Number(slider.value)
    draw()
  }
  draw()
  return pause
}
