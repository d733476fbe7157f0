"""What a page shows first: two different networks, the same again, seen without scrolling, read by everybody, not
cut on a narrow screen, and presented to fit the screen."""

import pytest
from playwright.sync_api import Page

from explorer.runs import list_runs

from .conftest import is_accessible, settle
from .presented import SIZES, fits_the_screen

TOP = 300  # pixels
WITH_RUNS = ["curves", "architecture?look-at=runs", "gradients", "filters", "feature_maps", "embedding"]
WITH_RUNS += ["saliency", "mistakes", "checks"]
LONG = [
    "perceptron",
    "architecture?look-at=runs",
]  # the board has controls below, a diagram its network's length
PICTURE = """() => {
  const kinds = ['stVegaLiteChart', 'stImage', 'stDataFrame', 'stBidiComponentIsolated']
  const all = document.querySelectorAll(kinds.map(kind => `[data-testid="stMain"] [data-testid="${kind}"]`).join(','))
  const boxes = [...all].map(one => one.getBoundingClientRect()).filter(box => box.height >= 90 && box.width >= 100)
  return boxes.length ? [boxes[0].top, boxes[0].bottom] : null
}"""

NARROW = 820, 900  # pixels: a tablet, or 1230 at 150 %
CUT = """() => {
  const main = document.querySelector('[data-testid="stMain"]'), cut = []
  if (main.scrollWidth > main.clientWidth) cut.push('the page scrolls sideways')
  for (const field of main.querySelectorAll('input[type=text], input[type=number]')) {
    if (field.clientWidth > 1 && field.scrollWidth > field.clientWidth + 1) cut.push(field.value)
  }
  const words = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
  while (words.nextNode()) {  // in charts, too; whatever hides what is wider than itself, except what can be scrolled
    const range = document.createRange()
    range.selectNodeContents(words.currentNode)
    const box = range.getBoundingClientRect()
    const forEyes = each => getComputedStyle(each).clip === 'auto'
    for (let each = words.currentNode.parentElement; box.width > 1 && each !== main; each = each.parentElement) {
      const flow = getComputedStyle(each).overflowX, around = each.getBoundingClientRect(), drawn = each.matches('svg')
      if (!forEyes(each) || ['auto', 'scroll'].includes(flow)) break
      if (flow === 'visible') continue
      const sideways = Math.max(around.left - box.left, box.right - around.right)
      const upright = drawn ? Math.max(around.top - box.top, box.bottom - around.bottom) : 0
      if (Math.max(sideways, upright) > 3) { cut.push(words.currentNode.textContent); break }
    }
  }
  return cut
}"""


def chosen(page: Page) -> list[str]:
    """The names of the runs that the page shows, as its picker has them."""
    page.get_by_role("heading", level=1).wait_for()
    settle(page)
    picker = page.get_by_test_id("stMultiSelect").filter(has_text="Runs").first
    return [tag for tag in picker.inner_text().split("\n") if "(" in tag]


@pytest.mark.parametrize("name", WITH_RUNS)
def test_two_different_networks_are_shown(shown, page, name):
    page.goto(f"{shown[0]}/{name}")
    first = chosen(page)
    networks = {tag.split(" ")[0] for tag in first}
    assert len(first) == len(networks) == 2, first
    is_seen_without_scrolling(page, name)
    is_accessible(page)
    page.keyboard.press("p")
    fits_the_screen(page)


@pytest.mark.parametrize("name", ["curves", "feature_maps", "mistakes", "checks"])
def test_four_runs_leave_the_picture_its_place(shown, page, name):
    runs = "&".join(f"runs={run.id}" for run in list_runs(shown[1])[-4:])
    page.goto(f"{shown[0]}/{name}?{runs}")
    page.get_by_role("heading", level=1).wait_for()
    is_seen_without_scrolling(page, name)


def test_the_same_is_shown_at_the_next_visit(shown, page):
    page.goto(f"{shown[0]}/mistakes")
    first = chosen(page)
    page.goto("about:blank")
    page.goto(f"{shown[0]}/saliency")
    assert chosen(page) == first


@pytest.mark.parametrize("name", ["runs", "perceptron"])
def test_what_needs_no_choice_is_seen_without_scrolling(shown, page, name):
    page.goto(f"{shown[0]}/{name}")
    page.get_by_role("heading", level=1).wait_for()
    is_seen_without_scrolling(page, name)
    is_accessible(page)
    if name == "perceptron":
        page.keyboard.press("p")
        fits_the_screen(page)


@pytest.mark.parametrize("name", ["", "lecture", "train", "study", "transfer", "shortcut", "report"])
def test_a_page_without_a_picture_is_accessible(shown, page, name):
    page.goto(f"{shown[0]}/{name}")
    page.get_by_role("heading", level=1).wait_for()
    settle(page)
    is_accessible(page)
    page.keyboard.press("p")
    fits_the_screen(page)


def is_seen_without_scrolling(page: Page, name: str) -> None:
    width, height = NARROW
    page.set_viewport_size({"width": width, "height": height})
    settle(page)
    assert page.evaluate(CUT) == [], "cut on a narrow screen"
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(PICTURE)
        settle(page)
        top, bottom = page.evaluate(PICTURE)
        assert top <= TOP, f"{width}×{height}: begins at {top:.0f}"
        assert name in LONG or bottom <= height, f"{width}×{height}: ends at {bottom:.0f}"
        if name == "saliency":  # whose maps cannot be read without their scale
            scale = page.get_by_test_id("stVegaLiteChart").first.bounding_box()
            assert scale is not None
            assert scale["y"] + scale["height"] <= height, f"{width}×{height}: the scale is cut"


def test_the_whole_card_is_the_link(shown, page):
    page.goto(shown[0])
    card = page.locator('[class*="st-key-card-curves"]')
    card.wait_for()
    settle(page)
    box = card.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    page.wait_for_url("**/curves*")


@pytest.mark.parametrize("width", [420, 1280])
def test_a_list_of_runs_shows_each_whole(shown, page, width):
    """Name, data, accuracy and study, also where the picker is narrow and on a telephone."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{shown[0]}/saliency")
    picker = page.get_by_test_id("stMultiSelect").filter(has_text="Runs").first
    picker.wait_for()
    settle(page)
    picker.locator("input").click()
    entries = page.get_by_role("option")
    entries.nth(5).wait_for()
    assert any("study transfer" in text for text in entries.all_inner_texts())
    is_cut = "one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 2"  # but for a letter's tail
    cut = f"all => all.filter(one => {is_cut}).map(one => one.innerText)"
    assert page.locator('[role="option"] > *').evaluate_all(cut) == []
