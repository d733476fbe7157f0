"""The pages that explain: every method, why one class and not another, and the four tests of an explanation."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from explorer.insights.attribution import METHODS
from explorer.runs import find

from .conftest import open_page, words


def test_all_methods_on_one_page_each_with_its_scale(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-simple_cnn-0001")
    app.multiselect(key="methods").set_value(list(METHODS)).run()
    assert not app.exception
    assert not app.error
    text = words(app)
    for method in METHODS.values():
        assert method.help.split("\n\n")[0].splitlines()[0] in text
    assert text.count("largest") == len(METHODS)  # a caption below each picture


def test_a_network_without_convolutions_says_what_it_cannot(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-mlp-0003")
    app.multiselect(key="methods").set_value(["grad-cam", "saliency"]).run()
    assert not app.exception
    assert "Grad-CAM needs a convolution, and digits-mlp-0003 is a mlp." in words(app)
    assert words(app).count("largest") == 1


def test_why_one_class_and_not_another(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-simple_cnn-0001")
    app.selectbox(key="target").set_value("4").run()
    app.selectbox(key="versus").set_value("9").run()
    assert "4 and not 9" in words(app)
    app.selectbox(key="versus").set_value("4").run()
    assert not app.exception
    assert "Class 4 set against itself explains nothing" in words(app)


def test_what_is_taken_home_is_what_is_shown(with_runs):
    from explorer.ui import explained
    from explorer.ui.picture import Picture

    run = find("digits-simple_cnn-0001")
    pixels = np.arange(1024, dtype=np.uint8).reshape(1, 32, 32)
    asked = explained.Asked("best", Picture("a picture", "key", None, pixels, None), "3", "any")
    grid = {"occlusion": [(run, asked.answer("occlusion", run, None)), (run, "why not")]}
    scales = {"occlusion": explained.scale([result for _, result in grid["occlusion"]])}
    with zipfile.ZipFile(io.BytesIO(explained.archive(asked, grid, scales, 0.8))) as files:
        assert sorted(files.namelist()) == [f"{run.id}-occlusion.npy", f"{run.id}-occlusion.png", "settings.json"]
        (settings,) = json.loads(files.read("settings.json"))
        heat = np.load(io.BytesIO(files.read(f"{run.id}-occlusion.npy")))
        assert Image.open(io.BytesIO(files.read(f"{run.id}-occlusion.png"))).size == (320, 320)
    np.testing.assert_array_equal(heat, grid["occlusion"][0][1].map[0])
    assert settings["class"] == "3"
    assert settings["scale"][1] == pytest.approx(np.abs(heat).max())


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("Does it forget?", "rank correlation"),
        ("Do these pixels decide?", "area under deletion"),
        ("Does it point at the object?", "only they know where the object is"),
        ("Does it stand noise?", "infidelity"),
    ],
)
def test_every_test_answers(with_runs, test, said):
    app = open_page("pages/explain/checks.py", runs="digits-residual_cnn-0002", test=test)
    assert not app.exception
    assert not app.error
    assert said in words(app)


def test_the_checks_of_a_network_without_convolutions(with_runs):
    app = open_page("pages/explain/checks.py", runs="digits-mlp-0003")
    assert "this method needs a convolution" in words(app)
    app.selectbox(key="method").set_value("saliency").run()
    assert not app.exception
    assert "rank correlation" in words(app)
