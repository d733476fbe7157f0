"""What only hands can do: a line on the drawing pad, a click on a feature map, an animation that plays."""

import re

import pytest
from playwright.sync_api import expect

from explorer.runs import find
from explorer.runs.names import run_names

from .conftest import settle


@pytest.fixture
def run(shown):
    return find("digits-simple_cnn-0001", shown[1])


def opened(shown, page, name: str, **query: str):
    page.goto(f"{shown[0]}/{name}?{'&'.join(f'{key}={value}' for key, value in query.items())}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("?", timeout=60_000)  # its first import of torch
    settle(page)


def test_a_line_that_is_drawn_is_read(shown, page, run):
    opened(shown, page, "saliency", runs=run.id, image="drawn")
    expect(page.get_by_text("Draw above")).to_be_visible(timeout=60_000)  # below the pad: it has its place
    settle(page)
    pad = page.locator(".pad canvas")
    pad.hover(position={"x": 140, "y": 60})
    page.mouse.down()
    for y in range(80, 240, 20):
        pad.hover(position={"x": 140, "y": y})
    page.mouse.up()
    expect(page.locator("h2")).to_have_text(re.compile(f"{run_names([run])[run.id]} predicts \\d"), timeout=60_000)
    settle(page)
    page.set_viewport_size({"width": 1280, "height": 720})
    settle(page)
    drawn, explained = pad.bounding_box(), page.locator(".st-key-picture img").last.bounding_box()
    assert drawn["x"] + drawn["width"] < explained["x"], "the map is not beside the pad"
    assert max(box["y"] + box["height"] for box in (drawn, explained)) <= 720


def test_two_methods_fit_one_screen(shown, page, run):
    """One network has the room of a fourth of the row, as four have."""
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(shown, page, "saliency", runs=run.id, methods="grad-cam&methods=saliency")
    maps = page.locator('[class*="st-key-matrix-"] img')
    expect(maps).to_have_count(2)
    assert max(box["y"] + box["height"] for box in (one.bounding_box() for one in maps.all())) <= 720


def test_a_feature_map_that_is_clicked_is_enlarged(shown, page, run):
    opened(shown, page, "feature_maps", runs=run.id)
    heading = page.locator("strong", has_text=re.compile(r"^Map \d+$"))
    before = heading.inner_text()
    tiles = page.locator(".click-image").first
    box = tiles.bounding_box()
    tiles.click(position={"x": 0.35 * box["width"], "y": 0.05 * box["height"]})  # not the first, the strongest
    expect(heading).not_to_have_text(before)
    settle(page)
    strip = page.locator(".click-image").last
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    strip.click(position={"x": 0.9 * box["width"], "y": 0.1 * box["height"]})  # the strongest of the last block
    page.wait_for_url(f"**channel-{run.id}=*")
    settle(page)
    expect(heading).to_be_in_viewport()


def test_a_film_plays_from_random_to_trained(shown, page, run):
    opened(shown, page, "filters", runs=run.id)
    output = page.locator("figure output")
    expect(output).to_have_text("Epoch 2")
    page.locator('figure [data-act="play"]').click()
    expect(output).to_have_text(re.compile("Untrained|Epoch 1"))
    expect(output).to_have_text("Epoch 2")
