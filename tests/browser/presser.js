/* Mark the next thing to press that has not been pressed, and say which: {key, at} or null. In order: what opens
   something, what changes a view, what acts. A dialog or popover that is open comes before all. Without a mark (at is
   null): the keys of all that is there to press. */
([pressed, at]) => {
  const KINDS = {
    expander: '[data-testid="stExpander"] summary',
    popover: '[data-testid="stPopoverButton"]',
    tab: '[data-testid="stTab"], [role="tab"]',
    toggle: '[data-testid="stCheckbox"] label',
    choice: '[data-testid="stButtonGroup"] button:not([aria-label^="Help for"])',
    file: '[data-testid="stFileUploaderDropzone"] button',
    photo: '[data-testid="stCameraInputButton"]',
    component: '.board button, .pad button, figure button, .click-image',
    download: '[data-testid="stDownloadButton"] button',
    button: '[data-testid="stButton"] button, [data-testid="stFormSubmitButton"] button',
  };
  const found = (root, selector) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("*")].flatMap((each) => (each.shadowRoot ? found(each.shadowRoot, selector) : [])),
  ];
  const seen = (each) => each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().width > 0;
  const over = [...document.querySelectorAll('[role="dialog"], [data-testid="stPopoverBody"]')].filter(seen).at(-1);
  const root = over ?? document.querySelector('[data-testid="stMain"]');
  const keys = [];
  for (const [kind, selector] of Object.entries(KINDS))
    for (const each of found(root, selector)) {
      const label = each.querySelector('[data-testid="stMarkdownContainer"]') ?? each;
      const said = (each.getAttribute("aria-label") ?? label.innerText).replace(/\s+/g, " ").trim();
      const key = `${kind}: ${kind === "component" && each.closest(".click-image") ? "image" : said}`;
      if (pressed.includes(key) || !seen(each) || each.disabled || each.getAttribute("aria-disabled") === "true") continue;
      if (at === null) {
        keys.push(key);
        continue;
      }
      each.setAttribute("data-press", at);
      return { key, over: over !== undefined };
    }
  if (at === null) return keys;
  return over ? { key: null, over: true } : null;
}
