// What a board remembers while Python runs again: tool, correction shown, timer, points as they are being dragged.
const boards = new WeakMap()
const TOOLS = { move: "Drag a point.", 0: "Click where to add it.", 1: "Click where to add it.", remove: "Click a point." }
const GRID = 0.05 // points that are dragged or added snap to it
const ROUNDING = 1e-12 // as in explorer/training/perceptron.py: below it a point lies on the line

export default function ({ data, parentElement, setTriggerValue }) {
  const find = selector => parentElement.querySelector(selector)
  const root = find(".board"), svg = find("svg"), slider = find("input"), playButton = find('[data-act="play"]')
  const board = boards.get(parentElement) ?? { tool: "move", timer: null, drag: null }
  boards.set(parentElement, board)
  const last = data.steps.length
  root.classList.toggle("present", data.present)
  data.colours.forEach((colour, i) => root.style.setProperty(`--class-${i}`, colour))

  // ---- numbers and geometry
  const number = value => String(parseFloat((Math.abs(value) < 1e-9 ? 0 : value).toPrecision(3))).replace("-", "−")
  const place = p => `(${number(p[0])}, ${number(p[1])})`
  const weights = at => (at ? data.steps[at - 1].slice(2) : data.start)
  const score = (w, p) => w[0] * p[0] + w[1] * p[1] + w[2]
  const wrong = (w, p) => {
    const size = Math.abs(w[0] * p[0]) + Math.abs(w[1] * p[1]) + Math.abs(w[2])
    return (2 * p[2] - 1) * score(w, p) <= ROUNDING * size
  }
  const snap = value => {
    const near = Math.round(value / GRID) * GRID
    return Number(Math.min(data.high, Math.max(data.low, near)).toFixed(3))
  }

  const splits = w => {
    // Whether the line goes through the square, with some of it on either side.
    const scores = [data.low, data.high].flatMap(x => [data.low, data.high].map(y => score(w, [x, y])))
    return Math.min(...scores) < -1e-9 && Math.max(...scores) > 1e-9
  }
  function half(w, sign) {
    // The part of the square where sign·score > 0, and the two places where the line crosses its edge.
    const [l, h] = [data.low, data.high], corners = [[l, l], [h, l], [h, h], [l, h]]
    const inside = [], edge = []
    corners.forEach((a, i) => {
      const b = corners[(i + 1) % 4], s = sign * score(w, a), t = sign * score(w, b)
      if (s > 0) inside.push(a)
      if (s > 0 !== t > 0) {
        const share = s / (s - t), cross = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]
        inside.push(cross)
        edge.push(cross)
      }
    })
    return { inside, edge }
  }

  if (board.id !== data.id) {
    pause()
    let at = last // the end, or before it, where rounds end without a line, the last that can be seen
    while (at > 0 && !splits(weights(at))) at--
    // Whoever is already dragging the next point keeps it.
    const points = board.drag ? board.points : data.points.map(p => [...p])
    Object.assign(board, { id: data.id, points, at, untouched: true })
  }

  // ---- drawing
  function draw() {
    const widest = data.present ? Math.max(260, window.innerHeight - 350) : Math.min(600, Math.max(320, window.innerHeight - 335)) // with what plays it
    const wide = Math.min(parentElement.host?.clientWidth || root.parentElement?.clientWidth || 560, widest)
    const font = data.present ? 22 : 14, radius = (data.present ? 13 : 8) * (data.points.length > 20 ? 0.75 : 1), left = font * 2.6, below = font * 3
    const side = wide - left - 8, tall = side + below + 8
    const X = v => left + ((v - data.low) / (data.high - data.low)) * side
    const Y = v => 8 + side - ((v - data.low) / (data.high - data.low)) * side
    const path = points => points.map(p => `${X(p[0]).toFixed(1)},${Y(p[1]).toFixed(1)}`).join(" ")
    const line = (edge, extra) => edge.length < 2 ? "" :
      `<line x1="${X(edge[0][0])}" y1="${Y(edge[0][1])}" x2="${X(edge[1][0])}" y2="${Y(edge[1][1])}" ${extra}/>`
    root.style.maxWidth = data.present ? "none" : `${wide}px` // on the stage the words below take the whole column
    svg.setAttribute("width", wide)
    svg.setAttribute("height", tall)
    svg.classList.toggle("adding", board.tool === "0" || board.tool === "1")
    board.toData = event => {
      const box = svg.getBoundingClientRect()
      const share = [(event.clientX - box.left - left) / side, 1 - (event.clientY - box.top - 8) / side]
      return share.map(s => data.low + s * (data.high - data.low))
    }

    const w = weights(board.at), parts = []
    for (const [wanted, sign] of [[0, -1], [1, 1]]) {
      parts.push(`<polygon points="${path(half(w, sign).inside)}" fill="${data.colours[wanted]}" opacity="0.14"/>`)
    }
    for (let v = data.low; v <= data.high + 1e-9; v += 0.5) {
      const faint = 'stroke="var(--st-border-color)" stroke-width="1"'
      parts.push(`<line x1="${X(v)}" x2="${X(v)}" y1="8" y2="${8 + side}" ${faint}/>`)
      parts.push(`<line y1="${Y(v)}" y2="${Y(v)}" x1="${left}" x2="${left + side}" ${faint}/>`)
      const anchor = v === data.high ? "end" : v === data.low ? "start" : "middle"
      parts.push(`<text x="${X(v)}" y="${8 + side + font * 1.25}" font-size="${font}" text-anchor="${anchor}">${number(v)}</text>`)
      const drop = v === data.high ? 0.8 : 0.35
      parts.push(`<text x="${left - 6}" y="${Y(v) + font * drop}" font-size="${font}" text-anchor="end">${number(v)}</text>`)
    }
    parts.push(`<text x="${left + side / 2}" y="${8 + side + font * 2.5}" font-size="${font}" text-anchor="middle">x₁</text>`)
    parts.push(`<text x="${font}" y="${8 + side * 0.145}" font-size="${font}" text-anchor="middle">x₂</text>`)
    for (let back = 4; back > 0; back--) { // where the line has just been
      if (board.at < back) continue
      const ghost = half(weights(board.at - back), 1).edge
      parts.push(line(ghost, `stroke="var(--st-text-color)" stroke-width="1.5" opacity="${0.42 - 0.08 * back}" stroke-dasharray="5 4"`))
    }
    if (splits(w)) {
      const edge = half(w, 1).edge
      parts.push(line(edge, `stroke="var(--st-text-color)" stroke-width="${data.present ? 5 : 3}"`))
      parts.push(arrow(w, edge.map(p => [X(p[0]), Y(p[1])]), font, [left, left + side]))
    }
    const corrected = board.at ? data.steps[board.at - 1][1] : -1
    board.points.forEach((p, i) => parts.push(mark(p, i, X(p[0]), Y(p[1]), radius, wrong(w, p), i === corrected)))

    const focused = parentElement.activeElement?.dataset?.point
    svg.innerHTML = parts.join("")
    if (focused !== undefined) svg.querySelector(`[data-point="${focused}"]`)?.focus()
    say(w)
    slider.max = last
    slider.value = board.at
    slider.disabled = !last
    playButton.textContent = board.timer ? "❚❚ Pause" : "▶ Play"
    playButton.disabled = !last
    parentElement.querySelectorAll("[data-tool]").forEach(b => b.setAttribute("aria-pressed", b.dataset.tool === board.tool))
    find(".hint").textContent = TOOLS[board.tool]
  }

  function arrow(w, [a, b], font, [left, right]) {
    // Towards where the neuron fires; from the middle of the line, or from near its end, where clusters are not.
    const share = board.points.length > 20 ? 0.2 : 0.5, from = [0, 1].map(i => (1 - share) * a[i] + share * b[i])
    const length = Math.hypot(w[0], w[1]), to = [w[0] / length, -w[1] / length]
    const tip = [from[0] + to[0] * font * 2, from[1] + to[1] * font * 2], across = [-to[1], to[0]], head = font * 0.45
    const barb = side => `${tip[0] - to[0] * head + side * across[0] * head},${tip[1] - to[1] * head + side * across[1] * head}`
    const room = x => Math.min(right - font * 1.3, Math.max(left + font * 1.3, x))
    const text = [room(tip[0] + to[0] * font * 1.4), tip[1] + to[1] * font * 0.9 + font * 0.35]
    return `<g stroke="var(--st-text-color)" stroke-width="2" fill="none">
      <line x1="${from[0]}" y1="${from[1]}" x2="${tip[0]}" y2="${tip[1]}"/>
      <polyline points="${barb(1)} ${tip[0]},${tip[1]} ${barb(-1)}"/></g>
      <text x="${text[0]}" y="${text[1]}" font-size="${font}" text-anchor="middle" aria-hidden="true">fires</text>`
  }

  function mark(p, i, x, y, r, isWrong, isCorrected) {
    const colour = data.colours[p[2]], fill = isWrong ? "var(--st-background-color)" : colour
    const look = `fill="${fill}" stroke="${colour}" stroke-width="3" stroke-linejoin="round"`
    const up = r * 1.25
    const shape = p[2] === 0 ? `<circle cx="${x}" cy="${y}" r="${r}" ${look}/>`
      : `<polygon points="${x},${y - up} ${x + up},${y + up * 0.8} ${x - up},${y + up * 0.8}" ${look}/>`
    const ring = isCorrected ? `<circle cx="${x}" cy="${y}" r="${r * 2}" fill="none" stroke="var(--st-text-color)" stroke-width="2.5"/>` : ""
    const label = `Point ${i + 1} at ${place(p)}, class ${p[2]}, ${isWrong ? "misclassified" : "classified correctly"}. ` +
      "Arrow keys move it, Enter changes its class, Delete removes it."
    return `<g class="point" data-point="${i}" tabindex="0" role="button" aria-label="${label}">
      <circle class="reach" cx="${x}" cy="${y}" r="20" fill="transparent"/>${ring}${shape}</g>`
  }

  function say(w) {
    const now = `w = ${place(w)}, b = ${number(w[2])}.`
    let text = last ? `Before the first correction: ${now}` : `Nothing to correct: ${now}`
    if (board.at) {
      const [epoch, i] = data.steps[board.at - 1], p = data.points[i], before = score(weights(board.at - 1), p)
      const firing = p[2] ? "so w and b move towards it" : "so w and b move away from it"
      text = `Correction ${board.at} of ${last}, epoch ${epoch}: ${place(p)} has class ${p[2]}, but its sum is ${number(before)}, ${firing}: ${now}`
    }
    const left = data.points.filter(p => wrong(w, p)).length
    text += left ? ` ${left} of ${data.points.length} points misclassified.` : " All points are classified correctly."
    if (board.at === last && !data.converged) text += ` Stopped after ${data.epochs} epochs.`
    find(".message").textContent = text
  }

  // ---- playing
  function pause() {
    clearInterval(board.timer)
    board.timer = null
  }
  function go(at) {
    board.at = Math.min(last, Math.max(0, at))
    if (board.at === last) pause()
    draw()
  }
  playButton.onclick = () => {
    if (board.timer) {
      pause()
    } else {
      if (board.at === last || board.untouched) board.at = 0
      board.untouched = false
      board.timer = setInterval(() => go(board.at + 1), Math.max(100, Math.min(900, 30000 / last)))
    }
    draw()
  }
  const by = step => () => {
    pause()
    board.untouched = false
    go(board.at + step)
  }
  find('[data-act="back"]').onclick = by(-1)
  find('[data-act="on"]').onclick = by(1)
  slider.oninput = () => by(Number(slider.value) - board.at)()

  // ---- editing
  function commit(points) {
    board.points = points
    draw()
    setTriggerValue("edited", points)
  }
  const without = i => board.points.filter((_, other) => other !== i)
  const withPoint = (i, p) => board.points.map((other, place) => (place === i ? p : other))
  const pointOf = event => {
    const hit = event.target.closest("[data-point]")
    return hit ? Number(hit.dataset.point) : null
  }
  parentElement.querySelectorAll("[data-tool]").forEach(button => {
    button.onclick = () => {
      board.tool = button.dataset.tool
      draw()
    }
  })
  svg.onpointerdown = event => {
    const i = board.pressed = pointOf(event) // a click that follows is told the svg, which captures the pointer
    if (i === null || event.button !== 0 || board.tool === "remove") return
    board.drag = { i, pointer: event.pointerId, before: board.points }
    svg.setPointerCapture(event.pointerId)
  }
  svg.onpointermove = event => {
    if (board.drag?.pointer !== event.pointerId) return
    const { i } = board.drag, at = board.toData(event).map(snap)
    board.points = withPoint(i, [...at, board.points[i][2]])
    draw()
  }
  svg.onpointerup = event => {
    if (board.drag?.pointer !== event.pointerId) return
    const { i, before } = board.drag
    board.drag = null
    const moved = before[i][0] !== board.points[i][0] || before[i][1] !== board.points[i][1]
    if (moved) commit(board.points)
  }
  svg.onpointercancel = () => {
    if (board.drag) board.points = board.drag.before
    board.drag = null
    draw()
  }
  svg.onclick = event => {
    const hit = board.pressed ?? null
    if (board.tool === "remove" && hit !== null) commit(without(hit))
    const at = board.toData(event)
    const inside = at.every(v => v >= data.low && v <= data.high)
    if ((board.tool === "0" || board.tool === "1") && hit === null && inside) {
      commit([...board.points, [...at.map(snap), Number(board.tool)]])
    }
  }
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }
  svg.onkeydown = event => {
    const i = pointOf(event)
    if (i === null) return
    const [x, y, wanted] = board.points[i], way = ARROWS[event.key]
    if (way) commit(withPoint(i, [snap(x + way[0] * GRID), snap(y + way[1] * GRID), wanted]))
    else if (event.key === "Enter") commit(withPoint(i, [x, y, 1 - wanted]))
    else if (event.key === "Delete" || event.key === "Backspace") commit(without(i))
    else return
    event.preventDefault()
  }

  draw()
  board.observer?.disconnect()
  board.observer = new ResizeObserver(() => board.drag || draw())
  board.observer.observe(parentElement.host ?? root.parentElement)
  return () => {
    pause()
    board.observer.disconnect()
  }
}
