"""Uploading an image: it is explained, or refused in a sentence, and it stays when one changes page."""

import io

import pytest
from PIL import Image, ImageDraw

from explorer.runs import list_runs

from .conftest import open_page, words

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


def turn_to(app, page: str):
    """Another page in the same session. (A browser keeps `image=uploaded` in its link; this test's app does not.)"""
    app.switch_page(page).run()
    return app.segmented_control(key="image").set_value("uploaded").run()


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
    "half a picture": one()[:200],
    "no ink": png(Image.new("L", (300, 400), 225)),
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


def test_a_fully_connected_network_says_why_it_has_no_map(with_runs):
    (mlp,) = [run.id for run in list_runs() if run.config.model == "mlp"]
    app = open_page(SALIENCY, runs=mlp)
    assert not app.exception
    assert not app.error
    assert "needs a convolution" in words(app)
