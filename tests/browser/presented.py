"""What a presentation shows: verdict and picture fill the screen, end above its edge, and can be read from the back."""

from playwright.sync_api import Page

from .conftest import settle

SIZES = [(1280, 720), (1400, 900)]
VERDICT, AXIS = 28, 18  # pixels that letters have at least
STAGE = """() => {
  const main = document.querySelector('[data-testid="stMain"]'), picture = main.querySelector('.st-key-picture')
  const verdict = main.querySelector('.st-key-verdicts h2')
  if (!picture?.firstElementChild || !verdict) return null
  const inner = [picture, ...picture.querySelectorAll('svg, img')].map(one => one.getBoundingClientRect())
  const scale = Number(picture.style.getPropertyValue('--stage-scale'))
  const axes = [...picture.querySelectorAll('.role-axis-label text')].map(text => parseFloat(text.style.fontSize
    || getComputedStyle(text).fontSize) * scale)
  return {
    verdict: parseFloat(getComputedStyle(verdict).fontSize),
    apart: picture.getBoundingClientRect().top - verdict.getBoundingClientRect().bottom,
    bottom: Math.max(...inner.map(box => box.bottom)),
    right: Math.max(...inner.map(box => box.right)),
    height: picture.getBoundingClientRect().height,
    axis: Math.min(...axes, 99),
    scrolled: main.scrollHeight - main.clientHeight,
    hidden: !document.querySelector('[data-testid="stSidebar"]')?.offsetParent,
  }
}"""


def fits_the_screen(page: Page) -> None:
    """At both sizes, of a page that is being presented."""
    page.wait_for_function(STAGE)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        page.wait_for_timeout(400)
        found = page.evaluate(STAGE)
        assert found["bottom"] <= height, found
        assert found["right"] <= width + 1, found
        assert found["height"] > height / 3, found
        assert found["apart"] >= 0, found
        assert found["verdict"] >= VERDICT, found
        assert found["axis"] >= AXIS, found
        assert found["scrolled"] <= 0, found
        assert found["hidden"], found


HOLE = """() => {
  const picture = document.querySelector('[data-testid="stMain"] .st-key-picture')
  const whole = picture.getBoundingClientRect()
  const parts = 'svg.marks, .vega-embed svg, img, canvas, iframe, p, [data-testid^="stBidi"]'
  const boxes = [...picture.querySelectorAll(parts)].map(one => one.getBoundingClientRect())
    .filter(box => box.width > 1 && box.height > 1)
  const holes = [...Array(12).keys()].map(nth => {
    const x = whole.left + (nth + 0.5) * whole.width / 12
    const bottoms = boxes.filter(box => box.left <= x + 20 && box.right >= x - 20).map(box => box.bottom)
    return innerHeight - Math.max(0, ...bottoms)
  })
  return Math.max(...holes)
}"""
MOST_EMPTY = 0.33  # of the screen's height, with the bar


def leaves_no_hole(page: Page) -> None:
    """Wherever one looks along the picture, it reaches far down; nothing is small beside an empty place."""
    empty, height = page.evaluate(HOLE), page.evaluate("innerHeight")
    assert empty <= MOST_EMPTY * height, f"{empty:.0f} of {height} pixels are empty below a part of the picture"
