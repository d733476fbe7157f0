"""Every page of this section serves every family of models, with one and three channels, and leaves no hook behind."""

import re
from functools import lru_cache

import numpy as np
import pytest
import streamlit as st

from benchmarks.one_step import one_step
from explorer import data
from explorer.runs import Checkpoint
from explorer.runs.names import run_names
from explorer.ui import cache
from explorer.ui.components import click_image

from ..insights.nets import hooks
from .conftest import PAGES, follow, go_to, open_page, words

MAPS = "pages/look_inside/feature_maps.py"
EMBEDDING = "pages/look_inside/embedding.py"
ARCHITECTURE = "pages/look_inside/architecture.py"
SECTION = [page for page in PAGES if page.startswith("pages/look_inside/")]
FAMILIES = ["mlp", "simple_cnn", "residual_cnn", "vgg11", "resnet18", "resnet110"]  # the others differ in depth
TOP_ACTIVATING = "top activating images"


kept = lru_cache(maxsize=None)(data.load)  # the images are the same for all models


@pytest.fixture
def narrow(monkeypatch):
    """Networks with all their layers, and few channels: to make and keep twenty million weights takes its time."""
    import explorer.insights.weighted_skips  # noqa: F401 (reads the widths of VGG-16 once, the wide ones)
    from explorer.models import resnet, vgg

    monkeypatch.setattr(data, "load", kept)
    monkeypatch.setattr("benchmarks.one_step.load", lambda name: kept(name, image_size=32))

    stages = {depth: [[4] * len(stage) for stage in wide] for depth, wide in vgg.STAGES.items()}
    for stage in stages.values():
        stage[-1][-1] = 512  # which the head is made for
    monkeypatch.setattr(vgg, "STAGES", stages)
    monkeypatch.setattr(resnet, "WIDTHS", (4, 4, 8, 8))


def fine(app):
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def show(app, page: str, **state: str | list[str]):
    app.switch_page(page)
    follow(app, **{key.replace("_", "-"): value for key, value in state.items()})
    return fine(app)


@pytest.mark.parametrize("model", FAMILIES)
def test_every_page_serves_every_family_on_grey_and_on_coloured_images(model, narrow, checkpoints):
    runs = [one_step("digits", model), one_step("shapes", model)]
    app = open_page("pages/start/home.py")
    link = {"look_at": "runs", "runs": [run.id for run in runs]}
    for page in SECTION:
        text = words(show(app, page, **link, points="100"))
        assert all(name in text for name in run_names(runs).values()), page
    text = words(show(app, ARCHITECTURE, **link, part="receptive field"))
    assert text.count("can see") == 2
    assert words(show(app, MAPS, **link, maps_part=TOP_ACTIVATING)).count("Its largest activation among") == 2
    for run in runs:
        assert hooks(cache.model(Checkpoint(run))) == 0


def test_two_epochs_of_one_run_on_one_scale(with_runs):
    app = open_page(MAPS, runs="digits-residual_cnn-0002")
    app.selectbox(key="beside").set_value("0").run()
    text = words(fine(app))
    assert "sees 3×3 of the 32×32 pixels in both networks." in text
    for epoch in ("best", "0"):
        assert f"residual_cnn, epoch {epoch}: 16 of 16 maps show something" in text
    assert "One scale for all maps" in text


def test_a_layer_that_is_clicked_on_one_page_is_looked_at_on_the_others(with_runs):
    app = open_page("pages/start/home.py")
    app.switch_page(ARCHITECTURE)
    link = {"look-at": "runs", "layer-residual_cnn": "stage3.block1.conv1"}
    follow(app, runs="digits-residual_cnn-0002", **link)
    go_to(app, "pages/start/home.py")
    for page in SECTION:
        assert "stage3.block1.conv1" in words(go_to(app, page)) or any(
            box.value == "stage3.block1.conv1" for box in app.selectbox
        ), page
    assert "the output of `stage3.block1.conv1`" in words(app) + words(go_to(app, EMBEDDING))


def test_a_channel_is_kept_for_its_layer_and_not_for_another(with_runs):
    run_id = "digits-simple_cnn-0001"
    app = open_page(MAPS, runs=run_id)
    key = f"channel-of-{run_id}"
    app.number_input(key=key).set_value(7).run()
    assert words(fine(app)).count("Largest") == 1
    assert "`stage1.act1` → `stage3.act1`" in words(app)  # the whole network, block by block
    app.button(key="last-layer").click().run()
    assert "All units of `head`" in words(fine(app))
    app.button(key="first-layer").click().run()
    app.number_input(key=key).set_value(7).run()
    app.segmented_control(key="maps-part").set_value(TOP_ACTIVATING).run()
    assert app.number_input(key=key).value == 7
    picker = next(each for each in app.selectbox if each.label == "Layer of simple_cnn")
    picker.set_value("head").run()
    assert app.number_input(key=key).max == 9
    app.segmented_control(key="maps-part").set_value("maps of this image").run()
    assert re.search(r"Its output is \*\*.*the logit of class \d\.", words(fine(app)))
    next(each for each in app.selectbox if each.label == "Layer of simple_cnn").set_value("stage1.conv1").run()
    assert app.number_input(key=key).max == 15


def test_dead_maps_are_told(with_runs):
    from safetensors.torch import load_file, save_file

    file = with_runs / "digits-simple_cnn-0001" / "weights" / "best.safetensors"
    weights = load_file(file)
    for name in ("weight", "bias"):
        weights[f"stage1.bn1.{name}"][[3, 5]] = 0
    save_file(weights, file)
    app = open_page(MAPS, runs="digits-simple_cnn-0001", **{"layer-simple_cnn": "stage1.act1"})
    text = words(fine(app))
    assert ", 2 are dead for this image" in text
    assert "Dead for this image: 3, 5." in text
    app.segmented_control(key="maps-part").set_value(TOP_ACTIVATING).run()
    assert "2 of the 16 maps of `stage1.act1` are never above zero" in words(fine(app))


def test_all_images_only_mistakes_and_tsne(with_runs):
    app = open_page(EMBEDDING, runs="digits-mlp-0003")
    text = words(fine(app))
    assert "Of the 10 nearest neighbours of an image, " in text
    assert "All 258 validation images, 128 features each, the input of `head`; two components explain" in text
    app.segmented_control(key="projection").set_value("t-SNE").run()
    assert "perplexity 30, seed 0" in words(fine(app))
    app.toggle(key="only-mistakes").set_value(True).run()
    fine(app)


@pytest.mark.parametrize(
    ("images", "said", "shown"),
    [
        (1, "one validation image has no neighbour", "t-SNE needs at least 10 images and there is 1: this is PCA."),
        (2, "the two images have ", "t-SNE needs at least 10 images and there are 2: this is PCA."),
        (5, "Of the 4 other images, ", "t-SNE needs at least 10 images and there are 5: this is PCA."),
        (12, "Of the 10 nearest neighbours of an image, ", "Perplexity 3.67, not 30"),
        (31, "Of the 10 nearest neighbours of an image, ", "perplexity 10, seed 0"),
    ],
)
def test_few_images_are_laid_out_and_counted(images, said, shown, with_runs, monkeypatch):
    from explorer.ui import passes

    monkeypatch.setattr(passes, "some_of", lambda data, most: np.arange(images))
    app = open_page(EMBEDDING, runs="digits-mlp-0003", projection="t-SNE")
    text = words(fine(app))
    assert said in text
    assert shown in text


def test_what_a_browser_sends_is_checked(monkeypatch):
    picked, state = [], {}
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(
        click_image, "_IMAGE", lambda key, data, on_picked_change: state.update(changed=on_picked_change)
    )

    def send(value: object, *labels: str) -> None:
        image = np.zeros((4, 4, 3), np.uint8)
        cells = click_image.Cells(2, 2, labels)
        click_image.click_image(image, "four", cells, "key", lambda *cell: picked.append(cell))
        state["key"] = type("Sent", (), {"picked": value})
        state["changed"]()

    for wrong in (None, [2, 0], [-1, 0], ["0", 0], [0.5, 0], [0], {}, [True, 0]):
        send(wrong)
    send([1, 1], "a", "b", "c")
    assert picked == []
    send([1, 1])
    send([1, 0], "a", "b", "c")
    assert picked == [(1, 1), (1, 0)]


def test_three_networks_side_by_side(checkpoints):
    app = open_page(ARCHITECTURE)
    names = ["simple_cnn", "residual_cnn", "resnet20", "vgg11"]
    next(each for each in app.multiselect if each.label == "Architectures").set_value(names).run()
    text = words(fine(app))
    assert "the first 3 of the 4 chosen" in text
    assert "≠ marks layers that not all of these networks have" in text
    next(each for each in app.button_group if each.label == "Show").set_value("table").run()
    (frame, *_) = fine(app).dataframe
    assert {"simple_cnn", "residual_cnn", "resnet20"} <= set(frame.value.columns)
