"""A visitor's first walk through the app: train, watch, compare, gradients, filters, maps, upload, overlay."""

import re
import shutil
import time

import numpy as np
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from explorer.runs import RunConfig, create, list_runs
from explorer.runs.names import run_names

from .conftest import settle


def go(page, name: str) -> None:
    page.get_by_test_id("stSidebarNavLink").filter(has_text=re.compile(f"^\\W*{name}$|{name}$")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("?")
    settle(page)


def photo_of_a_seven(folder) -> str:
    """A seven, written with a thick dark pen on light paper."""
    paper = Image.fromarray(np.random.default_rng(0).normal(215, 4, (400, 300)).clip(0, 255).astype(np.uint8))
    ImageDraw.Draw(paper).line([(80, 90), (215, 90), (130, 320)], fill=40, width=26, joint="curve")
    file = folder / "seven.png"
    paper.save(file)
    return str(file)


def test_the_walk(app, page, tmp_path):
    url, folder = app
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("?", timeout=60_000)  # of a server that has just begun
    settle(page)

    # Train: one click; the curves move while it trains.
    page.get_by_role("button", name="Train the demo pair").click()
    page.get_by_test_id("stVegaLiteChart").first.wait_for()
    expect(page.get_by_text(re.compile("Epoch \\d+ of"))).not_to_have_count(0)
    end = time.monotonic() + 240
    while not all(run.status == "finished" for run in list_runs(folder)):
        assert time.monotonic() < end, [(run.id, run.status, run.reason) for run in list_runs(folder)]
        assert page.get_by_test_id("stException").count() == 0
        page.wait_for_timeout(500)
    residual, plain = list_runs(folder)
    assert residual.best_validation_accuracy > 0.9, residual.best_validation_accuracy
    assert plain.best_validation_accuracy < residual.best_validation_accuracy - 0.1, "five seeds: 21 to 38 points"
    expect(page.get_by_text(re.compile("Finished \\d+ epochs"))).to_have_count(2)

    # Watch: the train page finds what was trained; a reload loses nothing.
    go(page, "Train")
    page.reload()
    settle(page)
    expect(page.get_by_text("Start training")).to_be_visible()

    # An idle page notices a run that a command line trains.
    elsewhere = create(RunConfig("digits", "mlp"), folder, status="running")
    with elsewhere.lock():
        expect(page.get_by_text("1 run in training or waiting, no answer yet.")).to_be_visible(timeout=60_000)
        shutil.rmtree(elsewhere.path)

    go(page, "Curves")
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)
    for name in run_names(list_runs(folder)).values():
        expect(page.get_by_text(name).first).to_be_attached()

    go(page, "Gradients")
    expect(page.get_by_test_id("stVegaLiteChart")).to_have_count(2)

    go(page, "Filters")
    expect(page.get_by_test_id("stImage")).to_have_count(4)

    go(page, "Feature maps")
    expect(page.get_by_test_id("stImage")).to_have_count(3)

    # Upload a photo: it is recognised, and the overlay of both models appears.
    go(page, "Saliency")
    expect(page.get_by_test_id("stImage")).to_have_count(4)
    page.get_by_text("uploaded", exact=True).click()
    page.locator('input[type="file"]').set_input_files(photo_of_a_seven(tmp_path))
    expect(page.get_by_text(re.compile("predicts? 7")).first).to_be_visible()
    settle(page)
    expect(page.get_by_test_id("stImage")).to_have_count(5)  # the photo as it was handed in, too

    # Another page still knows the photo.
    go(page, "Feature maps")
    expect(page.get_by_text("Still in use: seven.png")).to_be_visible()

    # What was looked at goes into a report.
    go(page, "Report")
    expect(page.get_by_text("A report on 2 runs")).to_be_visible()
