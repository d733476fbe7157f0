"""What only hands can do: a line on the drawing pad, a click on a feature map, an animation that plays."""

import re

import pytest
from playwright.sync_api import expect

from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create
from explorer.runs.names import run_names
from explorer.training import TrainConfig

from .conftest import settle


@pytest.fixture(scope="module")
def run(app, page):
    url, folder = app
    page.goto(url)  # a server that has just begun takes a link to a page for unknown
    settle(page)
    training = TrainConfig(epochs=2, batch_size=128, device="cpu")
    return train_run(create(RunConfig("digits", "simple_cnn", {"depth": 2}, training), folder, status="running"))


def opened(app, page, name: str, **query: str):
    page.goto(f"{app[0]}/{name}?{'&'.join(f'{key}={value}' for key, value in query.items())}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("?", timeout=60_000)  # its first import of torch
    settle(page)


def test_a_line_that_is_drawn_is_read(app, page, run):
    opened(app, page, "saliency", runs=run.id, image="drawn")
    expect(page.get_by_text("Draw above")).to_be_visible(timeout=60_000)  # below the pad: it has its place
    settle(page)
    pad = page.locator(".pad canvas")
    pad.hover(position={"x": 140, "y": 60})
    page.mouse.down()
    for y in range(80, 240, 20):
        pad.hover(position={"x": 140, "y": y})
    page.mouse.up()
    expect(page.locator("h5")).to_have_text(re.compile(f"{run_names([run])[run.id]} predicts \\d"), timeout=60_000)
    settle(page)


def test_a_feature_map_that_is_clicked_is_enlarged(app, page, run):
    opened(app, page, "feature_maps", runs=run.id)
    heading = page.locator("strong", has_text=re.compile(r"^Map \d+ of"))
    before = heading.inner_text()
    tiles = page.locator(".click-image").first
    box = tiles.bounding_box()
    tiles.click(position={"x": 0.35 * box["width"], "y": 0.05 * box["height"]})  # not the first, the strongest
    expect(heading).not_to_have_text(before)
    settle(page)


def test_a_film_plays_from_random_to_trained(app, page, run):
    opened(app, page, "filters", runs=run.id)
    output = page.locator("figure output")
    expect(output).to_have_text("Epoch 2")
    page.locator('figure [data-act="play"]').click()
    expect(output).to_have_text(re.compile("Untrained|Epoch 1"))
    expect(output).to_have_text("Epoch 2")
