"""After a study and a transfer, pages first show two different networks on the same images, also at the next visit."""

import pytest
from playwright.sync_api import Page

from tests.serving import serving

from .conftest import chromium, settle
from .test_every_button import fill

WITH_RUNS = ["curves", "architecture?look-at=runs", "gradients", "filters", "feature_maps", "embedding"]
WITH_RUNS += ["saliency", "mistakes", "checks"]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A server whose folder holds runs of several networks, of a study and of a transfer; (url, folder)."""
    chromium()
    folder = tmp_path_factory.mktemp("filled")
    fill(folder)
    with serving(folder) as url:
        yield url, folder


def chosen(page: Page) -> list[str]:
    """The names of the runs that the page shows, as its picker has them."""
    page.get_by_role("heading", level=1).wait_for()
    settle(page)
    picker = page.get_by_test_id("stMultiSelect").filter(has_text="Runs").first
    return [tag for tag in picker.inner_text().split("\n") if "(" in tag]


@pytest.mark.parametrize("name", WITH_RUNS)
def test_two_different_networks_are_shown_and_again_at_the_next_visit(app, page, name):
    page.goto(f"{app[0]}/{name}")
    first = chosen(page)
    networks = {tag.split(" ")[0] for tag in first}
    assert len(first) == len(networks) == 2, first
    page.goto("about:blank")
    page.goto(f"{app[0]}/{name}")
    assert chosen(page) == first
