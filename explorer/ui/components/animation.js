// What a film remembers while Python runs again: the frame shown and whether it plays.
const films = new WeakMap()
const SECONDS = 6 // of a whole film, but no frame is shorter or longer than these milliseconds
const SHORTEST = 80, LONGEST = 600

export default function ({ data, parentElement }) {
  const find = selector => parentElement.querySelector(selector)
  const image = find("img"), slider = find("input"), button = find("button"), caption = find("output")
  const film = films.get(parentElement) ?? { timer: null }
  films.set(parentElement, film)
  const last = data.frames.length - 1

  if (film.id !== data.id) {
    pause()
    Object.assign(film, { id: data.id, at: last })
  }
  function draw() {
    image.src = data.frames[film.at]
    image.alt = `${data.alt}, ${data.captions[film.at]}`
    caption.textContent = data.captions[film.at]
    slider.max = last
    slider.value = film.at
    button.textContent = film.timer ? "❚❚ Pause" : "▶ Play"
    slider.disabled = button.disabled = !last
  }
  function pause() {
    clearInterval(film.timer)
    film.timer = null
  }
  function next() {
    film.at = Math.min(last, film.at + 1)
    if (film.at === last) pause()
    draw()
  }
  button.onclick = () => {
    if (film.timer) pause()
    else {
      if (film.at === last) film.at = 0
      film.timer = setInterval(next, Math.max(SHORTEST, Math.min(LONGEST, (1000 * SECONDS) / (last + 1))))
    }
    draw()
  }
  slider.oninput = () => {
    pause()
    film.at = Number(slider.value)
    draw()
  }
  draw()
  return pause
}
