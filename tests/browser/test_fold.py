"""The picture comes first: it begins within 300 pixels of the top and ends above the fold, on two sizes of a screen."""

import pytest

from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create
from explorer.training import TrainConfig

from .conftest import settle

SIZES = [(1280, 720), (1400, 900)]
TOP = 300  # pixels
PAGES = ["curves", "runs", "gradients", "filters", "feature_maps", "embedding", "saliency", "mistakes", "checks"]
LONG = ["perceptron", "architecture"]  # the board has its controls below it, and a diagram is as long as its network
PICTURE = """() => {
  const kinds = ['stVegaLiteChart', 'stImage', 'stDataFrame', 'stBidiComponentIsolated']
  const all = document.querySelectorAll(kinds.map(kind => `[data-testid="stMain"] [data-testid="${kind}"]`).join(','))
  const boxes = [...all].map(one => one.getBoundingClientRect()).filter(box => box.height >= 90 && box.width >= 100)
  return boxes.length ? [boxes[0].top, boxes[0].bottom] : null
}"""


@pytest.fixture(scope="module", autouse=True)
def runs(app, page):
    url, folder = app
    page.goto(url)
    settle(page)
    training = TrainConfig(epochs=2, batch_size=128, device="cpu")
    for model in ("simple_cnn", "residual_cnn"):
        train_run(create(RunConfig("digits", model, {"depth": 2}, training), folder, status="running"))


@pytest.mark.parametrize("name", PAGES + LONG)
def test_the_picture_is_seen_without_scrolling(app, page, name):
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{app[0]}/{name}")
        page.get_by_role("heading", level=1).wait_for()
        page.wait_for_function(PICTURE)
        settle(page)
        top, bottom = page.evaluate(PICTURE)
        assert top <= TOP, f"{width}×{height}: begins at {top:.0f}"
        assert name in LONG or bottom <= height, f"{width}×{height}: ends at {bottom:.0f}"
