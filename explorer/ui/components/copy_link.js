// Streamlit opens a page, and then writes its link as a further step: Back would lead to the same page without what was
// chosen. Until somebody does something on the new page, its link takes the place of that step.
function makeOnePageOneStep() {
  if (window.onePageIsOneStep) return
  window.onePageIsOneStep = true
  const push = history.pushState, replace = history.replaceState
  let arrived = false
  history.pushState = function (state, title, url) {
    const isHere = url != null && new URL(url, location.href).pathname === location.pathname
    const write = isHere && arrived ? replace : push
    arrived = !isHere
    return write.call(history, state, title, url)
  }
  for (const act of ["pointerdown", "keydown", "popstate"])
    window.addEventListener(act, () => (arrived = false), true)
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button"), status = parentElement.querySelector("span")
  button.textContent = "Copy link"
  makeOnePageOneStep()

  function copyBySelection(text) { // the clipboard's own interface is there on localhost and under https alone
    const field = Object.assign(document.createElement("textarea"), { value: text })
    document.body.append(field)
    field.select()
    const copied = document.execCommand("copy")
    field.remove()
    return copied
  }
  button.onclick = async () => {
    const link = window.location.href
    let copied = true
    try {
      await navigator.clipboard.writeText(link)
    } catch {
      copied = copyBySelection(link)
    }
    const own = data.own.includes(new URL(link).searchParams.get("image"))
    const remark = own ? "Your image is not in the link." : ""
    status.textContent = copied ? `Copied. ${remark}` : "Copy it from the address bar."
    setTimeout(() => (status.textContent = ""), 6000)
  }
}
