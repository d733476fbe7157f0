// What a pad remembers while Python runs again: strokes, brush, colour, the keyboard's pen, strokes not yet sent.
const pads = new WeakMap()
const WAIT = 500 // ms after the last stroke: a 4 has two
const STEP = 6 // units of the pad that an arrow key moves

export default function ({ data, parentElement, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  const canvas = find("canvas"), ink = canvas.getContext("2d"), size = find('input[type="range"]')
  const pad = pads.get(parentElement) ?? { strokes: data.strokes, colour: data.colours[0][0], width: data.brush, pen: null, timer: null }
  pads.set(parentElement, pad)

  function draw() {
    ink.fillStyle = data.paper
    ink.fillRect(0, 0, data.side, data.side)
    ink.lineCap = ink.lineJoin = "round"
    for (const [colour, width, points] of pad.strokes) {
      ink.strokeStyle = Object.fromEntries(data.colours)[colour] ?? "#141414"
      ink.lineWidth = width
      ink.beginPath()
      ink.moveTo(...points[0])
      points.forEach(point => ink.lineTo(...point)) // back to the first point, too: a dot is drawn
      ink.stroke()
    }
    if (pad.pen) { // where the arrow keys are
      ink.strokeStyle = pad.pen.down ? "#d62728" : "#1f6fd6"
      ink.lineWidth = 2
      ink.strokeRect(pad.pen.at[0] - 7, pad.pen.at[1] - 7, 14, 14)
    }
    size.value = pad.width
    find(".undo").disabled = find(".clear").disabled = !pad.strokes.length
    parentElement.querySelectorAll("[data-colour]").forEach(b => b.setAttribute("aria-pressed", b.dataset.colour === pad.colour))
  }
  function send(wait) {
    clearTimeout(pad.timer)
    pad.timer = setTimeout(() => { pad.timer = null; setTriggerValue("drawn", pad.strokes) }, wait)
    draw()
  }
  const place = event => {
    const box = canvas.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(s => Math.round(s * data.side * 10) / 10)
  }
  const begin = point => { clearTimeout(pad.timer); pad.strokes = [...pad.strokes, [pad.colour, pad.width, [point]]] }
  const go = point => pad.strokes.at(-1)[2].push(point)

  canvas.onpointerdown = event => {
    if (event.button !== 0 || pad.pointer !== undefined) return
    event.preventDefault()
    canvas.focus({ preventScroll: true })
    canvas.setPointerCapture(event.pointerId)
    Object.assign(pad, { pointer: event.pointerId, pen: null })
    begin(place(event))
    draw()
  }
  canvas.onpointermove = event => {
    if (pad.pointer !== event.pointerId) return
    const between = event.getCoalescedEvents?.() ?? []
    for (const one of between.length ? between : [event]) go(place(one))
    draw()
  }
  canvas.onpointerup = canvas.onpointercancel = event => {
    if (pad.pointer !== event.pointerId) return
    pad.pointer = undefined
    send(WAIT)
  }
  canvas.onkeydown = event => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    const pen = pad.pen ?? { at: [data.side / 2, data.side / 2], down: false }
    if (way) {
      pen.at = pen.at.map((x, i) => Math.min(data.side, Math.max(0, x + STEP * way[i])))
      if (pen.down) go([...pen.at])
    } else if (event.key === " " || event.key === "Enter") {
      pen.down = !pen.down
      if (pen.down) begin([...pen.at])
    } else return
    event.preventDefault()
    pad.pen = pen
    pen.down ? draw() : send(WAIT)
  }
  canvas.onblur = () => { if (pad.pen) { pad.pen = null; send(0) } }
  size.oninput = () => { pad.width = Number(size.value) }
  find(".undo").onclick = () => { pad.strokes = pad.strokes.slice(0, -1); send(0) }
  find(".clear").onclick = () => { pad.strokes = []; send(0) }

  const swatches = find(".colours")
  swatches.replaceChildren(...(data.colours.length > 1 ? data.colours : []).map(([name, colour]) => {
    const button = document.createElement("button")
    Object.assign(button, { type: "button", title: name, onclick: () => { pad.colour = name; draw() } })
    button.dataset.colour = name
    button.setAttribute("aria-label", name)
    button.style.background = colour
    return button
  }))
  if (!data.colours.some(([name]) => name === pad.colour)) pad.colour = data.colours[0][0]
  draw()
  return () => clearTimeout(pad.timer)
}
