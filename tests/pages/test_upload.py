"""Images of one's own and samples: explained, or refused in a sentence, and kept when one changes page."""

import io
import re

import pytest
from PIL import Image, ImageDraw

from benchmarks.one_step import one_step
from explorer.data.drawing import strokes
from explorer.runs import list_runs
from tests.data import hostile

from .conftest import go_to, open_page, words

SALIENCY = "pages/explain/saliency.py"
MAPS = "pages/look_inside/feature_maps.py"


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def one() -> bytes:
    """A photo of a one: dark ink on light paper."""
    paper = Image.new("L", (300, 400), 225)
    ImageDraw.Draw(paper).line([(150, 60), (150, 340)], fill=30, width=30)
    return png(paper)


def blot() -> bytes:
    """Dark on light paper, but no digit."""
    paper = Image.new("L", (300, 300), 225)
    ImageDraw.Draw(paper).polygon([(60, 60), (240, 60), (150, 110), (240, 240), (60, 240)], fill=30)
    return png(paper)


def turn_to(app, page: str, kind: str = "uploaded"):
    """Another page in the same session. (A browser keeps `image=uploaded` in its link; this test's app does not.)"""
    go_to(app, page)
    return app.segmented_control(key="image").set_value(kind).run()


def images_shown(app) -> list[str]:
    """What stands below the images that have a caption."""
    return [image.caption for element in app.get("image") for image in element.proto.imgs if image.caption]


def upload(page: str, name: str, content: bytes):
    app = open_page(page, image="uploaded")
    assert "Upload an image above" in words(app)
    return app.file_uploader[0].set_value((name, content, "image/png")).run()


def test_a_photo_is_explained_by_every_chosen_run(with_runs):
    app = upload(SALIENCY, "one.png", one())
    assert not app.exception
    assert not app.error
    assert "says" in words(app)


def test_the_photo_stays_when_one_changes_page(with_runs):
    app = upload(SALIENCY, "one.png", one())
    turn_to(app, MAPS)
    assert not app.exception
    assert "Still in use: one.png" in words(app)


BAD = {
    "a text": b"hello",
    "nothing": b"",
    "half an image": one()[:200],
    "no ink": png(Image.new("L", (300, 400), 225)),
    "a bomb": hostile.files()["PNG of 20,000 × 20,000"],
    "a strip": hostile.files()["PNG of 1 × 10000"],
    "a page of svg": hostile.files()["svg"],
    "no numbers": hostile.files()["TIFF of NaN"],
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_one_sentence(case, with_runs):
    app = upload(SALIENCY, "bad.png", BAD[case])
    assert not app.exception
    (error,) = app.error
    assert len(error.value.splitlines()) == 1
    assert "Traceback" not in error.value


def test_a_refused_file_is_not_kept(with_runs):
    app = upload(SALIENCY, "bad.png", b"hello")
    turn_to(app, MAPS)
    assert not app.error
    assert "Upload an image above" in words(app)


@pytest.mark.parametrize("kind", ["uploaded", "camera"])
def test_an_image_that_is_taken_away_is_forgotten(kind, with_runs):
    app = open_page(SALIENCY, image=kind)
    text = words(app.run())
    widget = app.file_uploader[0] if kind == "uploaded" else app.camera_input[0]
    widget.set_value(("one.jpg", one(), "image/jpeg")).run()
    assert "says" in words(app)
    widget = app.file_uploader[0] if kind == "uploaded" else app.camera_input[0]
    widget.set_value(None).run()
    assert not app.exception
    assert words(app) == text, "the page is as it was before"
    assert f"{kind}-file" not in app.session_state
    assert f"{kind}-id" not in app.session_state
    turn_to(app, MAPS, kind)
    assert "Still in use" not in words(app)


def test_an_image_of_another_page_can_be_forgotten(with_runs):
    app = upload(SALIENCY, "one.png", one())
    turn_to(app, MAPS)
    app.button(key="forget-uploaded").click().run()
    assert not app.exception
    assert "Upload an image above" in words(app)
    turn_to(app, SALIENCY)
    assert "Upload an image above" in words(app)


def test_a_refused_file_takes_the_place_of_the_one_before(with_runs):
    app = upload(SALIENCY, "one.png", one())
    app.file_uploader[0].set_value(("bad.png", b"hello", "image/png")).run()
    assert app.error
    turn_to(app, MAPS)
    assert "Upload an image above" in words(app)


def test_any_ending_and_a_remark_on_what_was_taken(with_runs):
    paper, written = Image.new("L", (300, 400), 225), Image.open(io.BytesIO(one()))
    file = io.BytesIO()
    paper.save(file, "GIF", save_all=True, append_images=[written])
    app = upload(SALIENCY, "animation.dat", file.getvalue())
    assert not app.exception
    assert "says" in words(app)
    assert "frame 2 was used: frame 1 is blank" in words(app)


def test_a_fully_connected_network_says_why_it_has_no_map(with_runs):
    (mlp,) = [run.id for run in list_runs() if run.config.model == "mlp"]
    app = open_page(SALIENCY, runs=mlp, methods="grad-cam")
    assert not app.exception
    assert not app.error
    assert "needs a convolution and this network has none" in words(app)


def test_a_strange_image_is_warned_of_with_the_measure(with_runs):
    app = upload(SALIENCY, "blot.png", blot())
    assert not app.exception
    (warning,) = app.warning
    assert "is out of distribution (unlike the training images)" in warning.value
    assert "(at most " in warning.value
    assert images_shown(app) == ["The original", "Input of the network", "The most similar training image"]


def test_a_digit_passes_beside_its_original_and_by_which_rule(with_runs):
    app = upload(SALIENCY, "one.png", one())
    assert not app.warning
    assert "The check finds nothing unusual in this image." in words(app)
    assert images_shown(app) == ["The original", "Input of the network"]


def test_each_run_compares_the_image_with_its_own_training_data(with_runs):
    other = one_step("shapes", "mlp").id
    app = open_page(SALIENCY, image="uploaded", runs=[other, "digits-mlp-0003", "digits-simple_cnn-0001"])
    app.file_uploader[0].set_value(("blot.png", blot(), "image/png")).run()
    assert not app.exception
    start = "MLP · on digits: This image is out of distribution"
    named = [warning.value for warning in app.warning if warning.value.startswith(start)]
    assert len(named) == 1
    assert "32×32 pixels for MLP · on shapes." in words(app)
    assert "32×32 pixels for MLP · on digits, simple_cnn." in words(app)
    assert not any("simple_cnn" in warning.value for warning in app.warning), "its data are the mlp's"


def test_a_photo_from_the_camera_stays_when_one_changes_page(with_runs):
    app = open_page(SALIENCY, image="camera")
    assert "Take a photo above" in words(app)
    app.camera_input[0].set_value(("photo.jpg", one(), "image/jpeg")).run()
    assert not app.exception
    assert "says" in words(app)
    turn_to(app, MAPS, "camera")
    assert "Still in use: Photo" in words(app)


def test_a_drawing_is_explained_on_every_page(with_runs):
    app = open_page(SALIENCY, image="drawn")
    assert "Draw above, for example one large digit" in words(app)
    app.session_state["drawing"] = strokes([["black", 20, [[140, 40], [140, 240]]]])
    app.run()
    assert not app.exception
    assert re.search(r"predicts? 1\b", words(app))
    turn_to(app, MAPS, "drawn")
    assert not app.exception
    assert "A unit of " in words(app)


def test_mistakes_come_the_most_confident_first(with_runs):
    """Of the run as it was before training: it gets most of them wrong."""
    app = open_page(SALIENCY, runs="digits-simple_cnn-0001", epoch="0", mistakes="true")
    assert not app.exception
    text = words(app)
    assert "mistakes: simple_cnn predicts" in text
    sure, _ = _confidence(app)
    app.number_input(key="number").set_value(2).run()
    second, _ = _confidence(app)
    assert second <= sure
    app.selectbox(key="class").set_value("3").run()
    assert not app.exception
    assert "True class 3" in words(app)


def _confidence(app) -> tuple[float, str]:
    text = words(app)
    true, predicted = re.search(r"True class (\S+): \S+ predicts ([^\s,]+)", text).groups()
    sure = re.search(rf"predicts {predicted} \(([\d.]+) %\)", text)[1]
    assert true != predicted
    return float(sure), true
