export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button"), status = parentElement.querySelector("span")
  button.textContent = "Copy link"

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
