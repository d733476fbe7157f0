"""A choice is the same by hand, by Back and Forward, by reload and by a link: on every page, for whatever it has."""

import time

import pytest
from playwright.sync_api import Locator, Page

from .conftest import is_accessible, settle

PAGES = [
    "train",
    "perceptron",
    "study?study=batch-size",
    "transfer",
    "curves",
    "runs",
    "architecture?look-at=runs",
    "gradients",
    "filters",
]
PAGES += ["feature_maps", "embedding", "saliency", "mistakes", "checks", "lecture", "shortcut", "report?about=runs"]
CHANGES = 2  # of different kinds of widgets, on each page
READING = """() => {
  const main = document.querySelector('[data-testid="stMain"]'), seen = {}
  const note = (key, value) => (seen[key] = [...(seen[key] ?? []), value])
  for (const box of main.querySelectorAll('input')) {
    const label = box.getAttribute('aria-label') ?? box.closest('label')?.innerText ?? box.type
    if (box.type !== 'file') note(label, box.type === 'checkbox' ? box.checked : box.value)
  }
  for (const group of main.querySelectorAll('[data-testid="stButtonGroup"]'))
    for (const one of group.querySelectorAll('[data-selected="true"]'))
      note(group.innerText.split('\\n')[0], one.innerText)
  for (const box of main.querySelectorAll('[data-testid="stSelectbox"], [data-testid="stMultiSelect"]'))
    note('select', box.innerText)
  return seen
}"""


def choose_another(button: Locator) -> None:
    button.click()


def count_on(field: Locator) -> None:
    value, least, most = field.evaluate("box => [box.value, box.min, box.max].map(Number)")
    field.fill(str(value + 1 if value + 1 <= most else least))
    field.press("Enter")


def slide(handle: Locator) -> None:
    value, least = handle.evaluate("box => [box.value, box.min].map(Number)")
    handle.press("ArrowRight" if value == least else "ArrowLeft")


def search(field: Locator) -> None:
    field.fill("digits")
    field.press("Enter")


KINDS = {  # of widgets: where they are, and how another value is chosen
    '[data-testid="stButtonGroup"] [role="radio"][aria-checked="false"]': choose_another,
    '[data-testid="stNumberInputField"]:enabled': count_on,
    '[data-testid="stCheckbox"] label': choose_another,
    'input[type="range"]:enabled': slide,
    '[data-testid="stButtonGroup"] [data-variant="pills"]': choose_another,
    'input[placeholder^="name, seed"]': search,
}


@pytest.fixture(scope="module")
def colour_scheme():
    return "dark"


def reading(page: Page) -> dict[str, list[str]]:
    settle(page)
    return page.evaluate(READING)


def shows_again(page: Page, expected: dict[str, list[str]], what: str) -> None:
    """Wait for it: a page on which much is computed takes its time before it even says that it runs."""
    end = time.monotonic() + 30
    while (found := reading(page)) != expected and time.monotonic() < end:
        page.wait_for_timeout(500)
    assert found == expected, what


def changed(page: Page) -> list[tuple[str, dict[str, list[str]]]]:
    """What the page shows before and after each change, with its link."""
    shown = reading(page)
    seen = [(page.evaluate("location.href"), shown)]
    for selector, act in KINDS.items():
        found = page.get_by_test_id("stMain").locator(selector).filter(visible=True)
        if len(seen) > CHANGES or not found.count():
            continue
        link, before = seen[-1]
        act(found.first)
        if reading(page) != before:
            page.wait_for_function("link => location.href !== link", arg=link)  # written when the page has been shown
            shown = reading(page)
            seen.append((page.evaluate("location.href"), shown))
    return seen


@pytest.mark.parametrize("name", PAGES)
def test_back_forward_reload_and_link(shown, page, name):
    page.goto(f"{shown[0]}/{name}")
    page.get_by_role("heading", level=1).wait_for()
    seen = changed(page)
    assert len(seen) > 1, "nothing on this page can be changed"
    links = [link for link, _ in seen]
    assert len(set(links)) == len(links), f"a change is not in the link: {seen}"
    for link, shown in seen[-2::-1]:
        page.go_back()
        shows_again(page, shown, f"Back to {link}")
    for link, shown in seen[1:]:
        page.go_forward()
        shows_again(page, shown, f"Forward to {link}")
    if name == "saliency":
        page.get_by_role("link", name="Feature maps", exact=True).click()
        page.wait_for_url("**/feature_maps?*")
        settle(page)
        page.go_back()
        shows_again(page, seen[-1][1], "one step Back from another page")
    page.reload()
    shows_again(page, seen[-1][1], f"reload of {links[-1]}")
    page.goto("about:blank")
    page.goto(links[-1])
    page.get_by_role("heading", level=1).wait_for()
    shows_again(page, seen[-1][1], f"the link {links[-1]} by itself")
    is_accessible(page)
