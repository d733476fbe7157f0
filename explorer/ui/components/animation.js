// What an animation remembers while Python runs again: the frame shown and whether it plays.
const states = new WeakMap()
const SECONDS = 6 // of a whole animation, but no frame is shorter or longer than these milliseconds
const SHORTEST = 80, LONGEST = 600

export default function ({ data, parentElement }) {
  const find = selector => parentElement.querySelector(selector)
  const image = find("img"), slider = find("input"), button = find("button"), caption = find("output")
  const state = states.get(parentElement) ?? { timer: null }
  states.set(parentElement, state)
  const last = data.frames.length - 1

  if (state.id !== data.id) {
    pause()
    Object.assign(state, { id: data.id, at: last })
  }
  function draw() {
    image.src = data.frames[state.at]
    image.alt = `${data.alt}, ${data.captions[state.at]}`
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
