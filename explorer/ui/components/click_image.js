export default function ({ data, parentElement, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  const root = find(".click-image"), image = find("img"), under = find(".under")
  if (image.src !== data.image) image.src = data.image
  image.alt = data.alt
  image.onload = () => root.style.setProperty("--aspect", image.naturalWidth / image.naturalHeight)
  root.setAttribute("aria-label", `${data.alt}. Arrow keys move${data.picks ? ", Enter chooses" : ""}.`)
  root.style.cursor = data.picks ? "crosshair" : "default"
  const known = ([row, column]) => !data.labels.length || row * data.columns + column < data.labels.length
  const labelOf = ([row, column]) => data.labels[row * data.columns + column] ?? `row ${row}, column ${column}`

  function frame(box, cell) {
    box.style.display = cell ? "block" : "none"
    if (!cell) return
    box.style.top = `${(100 * cell[0]) / data.rows}%`
    box.style.left = `${(100 * cell[1]) / data.columns}%`
    box.style.height = `${100 / data.rows}%`
    box.style.width = `${100 / data.columns}%`
  }
  const cellAt = event => {
    const box = image.getBoundingClientRect()
    const place = (at, start, length, parts) => Math.min(parts - 1, Math.max(0, Math.floor(((at - start) / length) * parts)))
    return [place(event.clientY, box.top, box.height, data.rows), place(event.clientX, box.left, box.width, data.columns)]
  }
  let cell = data.chosen ?? [0, 0]
  function move(to) {
    cell = to
    frame(under, cell)
    root.title = labelOf(cell)
  }
  const pick = to => {
    if (!data.picks || !known(to)) return
    setTriggerValue("picked", to)
    document.querySelector(data.answer)?.scrollIntoView({ block: "start", behavior: "smooth" })
  }

  frame(find(".chosen"), data.chosen)
  frame(under, null)
  root.onpointermove = event => {
    const to = cellAt(event)
    known(to) ? move(to) : frame(under, null)
  }
  root.onpointerleave = () => frame(under, null)
  root.onclick = event => pick(cellAt(event))
  root.onkeydown = event => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (step) {
      const to = [cell[0] + step[0], cell[1] + step[1]]
      if (to[0] >= 0 && to[0] < data.rows && to[1] >= 0 && to[1] < data.columns && known(to)) move(to)
    } else if (event.key === "Enter" || event.key === " ") pick(cell)
    else return
    event.preventDefault()
  }
}
