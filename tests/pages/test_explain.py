"""The pages that explain: every method, why one class and not another, and the four tests of an explanation."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from benchmarks.one_step import one_step
from explorer.insights.attribution import METHODS
from explorer.runs import find

from .conftest import follow, open_page, words


def test_all_methods_on_one_page_each_with_its_scale(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-simple_cnn-0001")
    app.multiselect(key="methods").set_value(list(METHODS)).run()
    assert not app.exception
    assert not app.error
    text = words(app)
    for method in METHODS.values():
        assert method.help.split("\n\n")[0].splitlines()[0] in text
    assert text.count("largest value") == len(METHODS)  # a caption below each image


def test_a_network_without_convolutions_says_what_it_cannot(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-mlp-0003")
    app.multiselect(key="methods").set_value(["grad-cam", "saliency"]).run()
    assert not app.exception
    assert "MLP (mlp): Grad-CAM needs a convolution and this network has none: choose" in words(app)
    assert words(app).count("largest value") == 1


LAYER = "layer-of-digits-residual_cnn-0002"


@pytest.mark.parametrize("page", ["saliency", "checks"])
@pytest.mark.parametrize(
    ("link", "chosen"),
    [
        ("", "stage3.block1.act"),  # the default is what the block puts out
        ("stage1.conv1", "stage1.conv1"),  # as in links of old
        ("stage3.block1.conv1", "stage3.block1.conv1"),
        ("stage3.block1", "stage3.block1.act"),  # the block by its own name
        ("stage1.bn1", "stage3.block1.act"),
    ],
)
def test_cam_looks_at_blocks_activations_and_convolutions(with_runs, page, link, chosen):
    query = {"layer-residual_cnn": link} if link else {}
    app = open_page(f"pages/explain/{page}.py", runs="digits-residual_cnn-0002", **query)
    assert not app.exception
    picker = app.selectbox(key=LAYER)
    assert picker.value == chosen
    assert "stage3.block1.act, end of its block" in picker.options
    assert ("`stage1.bn1`, chosen before, is not used here" in words(app)) == (link == "stage1.bn1")


def test_where_coarser_maps_lie_behind_it_is_said(checkpoints):
    run = one_step("digits", "vgg11")
    text = words(open_page("pages/explain/saliency.py", runs=run.id))
    assert "a map of 4×4; the network's last maps, after this layer, have 2×2" in text


@pytest.mark.parametrize("test", ["Parameter randomisation", "Deletion and insertion", "Infidelity and sensitivity"])
def test_a_blank_map_is_a_result_in_words(with_runs, test):
    from safetensors.torch import load_file, save_file

    run = find("digits-residual_cnn-0002")
    for file in (run.path / "weights").glob("*.safetensors"):
        weights = load_file(file)
        save_file({**weights, "head.weight": -weights["head.weight"].abs()}, file)  # no map speaks for any class
    app = open_page("pages/explain/checks.py", runs=run.id, test=test)
    assert not app.exception
    assert "`stage3.block1.act`: the map is zero everywhere, so nothing supports" in words(app)
    if test == "Parameter randomisation":
        text = words(open_page("pages/explain/saliency.py", runs=run.id))
        assert "the map is zero everywhere. This is a result, not an error." in text


def test_a_map_is_checked_once_and_its_badge_kept(with_runs, monkeypatch):
    from explorer.ui.explain import trust_badge

    link = {"runs": "digits-simple_cnn-0001"}
    app = open_page("pages/explain/saliency.py", **link)
    assert "not checked yet" in words(app)
    app.button(key="check-maps").click().run()
    assert not app.exception, app.exception
    assert "not checked yet" not in words(app)
    assert not any(button.label == "Check these maps" for button in app.button)
    assert list((find(link["runs"]).path / trust_badge.FOLDER).glob("*.json"))  # goes where the run goes
    monkeypatch.setattr(trust_badge, "weight_dependence", None)  # a second computation would fail
    again = words(open_page("pages/explain/saliency.py", **link))
    assert any(label in again for label in ("follows the weights", "does not follow", "check cannot tell"))
    assert "not checked yet" not in again


def test_why_one_class_and_not_another(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-simple_cnn-0001")
    app.selectbox(key="target").set_value("4").run()
    app.selectbox(key="versus").set_value("9").run()
    assert "4 compared with 9" in words(app)
    app.selectbox(key="versus").set_value("4").run()
    assert not app.exception
    assert "Class 4 compared with itself explains nothing" in words(app)


def test_what_is_taken_home_is_what_is_shown(with_runs):
    from explorer.ui.explain import explanations
    from explorer.ui.pickers.input_image import SampledImage

    run = find("digits-simple_cnn-0001")
    pixels = np.arange(1024, dtype=np.uint8).reshape(1, 32, 32)
    sampled = SampledImage(name="an image", key="key", pixels=pixels)
    request = explanations.ExplanationRequest("best", sampled, "3", "any")
    cells = [
        explanations.explained(request, run, "occlusion", None),
        explanations.Cell(request, run, "grad-cam", "why not"),
    ]
    name = "simple_cnn-occlusion-epoch-best"
    with zipfile.ZipFile(io.BytesIO(explanations.archive([cells], explanations.OverlayStyle(0.8, "heat")))) as files:
        assert set(files.namelist()) == {f"{name}.npy", f"{name}.png", "settings.json"}
        (settings,) = json.loads(files.read("settings.json"))
        heat = np.load(io.BytesIO(files.read(f"{name}.npy")))
        assert Image.open(io.BytesIO(files.read(f"{name}.png"))).size == (320, 320)
    np.testing.assert_array_equal(heat, cells[0].result.map[0])
    assert (settings["class"], settings["colour_map"]) == ("3", "heat")
    assert (settings["image_id"], settings["letterbox"]) == ("key", False)
    assert settings["scale"][1] == pytest.approx(np.abs(heat).max())


def test_one_method_over_the_epochs(with_runs):
    app = open_page("pages/explain/saliency.py", runs="digits-simple_cnn-0001", grid="epochs")
    assert not app.exception
    assert not app.error
    text = words(app)
    assert text.count("largest value") + text.count("zero everywhere") == 3  # untrained, epoch 1, epoch 2
    assert "half of the Grad-CAM map" in words(app)  # at the epoch chosen above: the best


def test_a_run_that_does_not_know_the_class_says_what_is_explained_instead(with_runs):
    from explorer.ui.explain import grid

    run = find("digits-mlp-0003")
    assert grid.unknown([run], "cat") == "MLP has no class cat: its predicted class is explained."
    assert grid.unknown([run], "4") == grid.unknown([run], grid.PREDICTED) == ""


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("Parameter randomisation", "rank correlation"),
        ("Deletion and insertion", "area under deletion"),
        ("Pointing game", "only these data sets have a mask of the object"),
        ("Infidelity and sensitivity", "infidelity"),
    ],
)
def test_every_test_answers(with_runs, test, said):
    app = open_page("pages/explain/checks.py", runs="digits-residual_cnn-0002", test=test)
    assert not app.exception
    assert not app.error
    assert said in words(app)


def test_checks_begin_with_a_test_that_can_tell(checkpoints, monkeypatch):
    """Without what was learned, the Grad-CAM maps of the samples are blank."""
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    app = open_page("pages/explain/checks.py")
    assert not app.exception
    assert "area under deletion" in words(app)
    follow(app, test="randomisation")
    assert "This test cannot tell" in words(app)


@pytest.mark.parametrize(("page", "key"), [("saliency", "methods"), ("checks", "method")])
def test_the_first_method_follows_the_networks_until_one_is_chosen(with_runs, page, key):
    runs = ["digits-simple_cnn-0001", "digits-mlp-0003"]

    def methods(app):
        return next(picker.value for picker in (*app.multiselect, *app.selectbox) if picker.key == key)

    app = open_page(f"pages/explain/{page}.py", runs=runs[0])
    assert "grad-cam" in methods(app)
    app.multiselect(key="runs").set_value(runs).run()
    assert "input-x-gradient" in methods(app)
    app = open_page(f"pages/explain/{page}.py", runs=runs[0], **{key: "grad-cam"})
    app.multiselect(key="runs").set_value(runs).run()
    assert "grad-cam" in methods(app)


def test_a_test_that_the_link_names_is_the_only_one_that_is_computed(with_runs, monkeypatch):
    from explorer.ui.explain import check_results

    monkeypatch.setattr(check_results, "randomise", None)  # computing it would fail
    for test in ("deletion", "infidelity", "pointing"):
        app = open_page("pages/explain/checks.py", runs="digits-residual_cnn-0002", test=test)
        assert not app.exception


def test_the_checks_of_a_network_without_convolutions(with_runs):
    app = open_page("pages/explain/checks.py", runs="digits-mlp-0003")
    assert "rank correlation" in words(app), "the first method is one that serves the network"
    app.selectbox(key="method").set_value("grad-cam").run()
    assert "MLP (mlp): Grad-CAM needs a convolution and this network has none: choose" in words(app)
    app.selectbox(key="method").set_value("saliency").run()
    assert not app.exception
    assert "rank correlation" in words(app)


def test_the_pointing_game_looks_at_the_chosen_layer_and_goes_on_where_it_stopped(checkpoints, monkeypatch):
    from explorer.ui.explain import check_results

    run, calls, point = one_step("shapes", "simple_cnn"), [], check_results.point

    def counted(model, images, masks, method, layer):
        calls.append((method, layer))
        if len(calls) == 2:
            raise InterruptedError
        return point(model, images, masks, method, layer)

    monkeypatch.setattr(check_results, "IMAGES", 8)
    monkeypatch.setattr(check_results, "AT_ONCE", 4)
    monkeypatch.setattr(check_results, "point", counted)
    link = {"runs": run.id, "test": "Pointing game", "layer-simple_cnn": "stage1.conv1"}
    app = open_page("pages/explain/checks.py", **link)
    app.multiselect(key="pointing-methods").set_value(["grad-cam"]).run()
    (start,) = (button for button in app.button if button.label == "Test 8 images")
    assert "points at the object" not in words(app)
    start.click().run()
    assert len(calls) == 2, "interrupted in the second part"
    app.session_state["testing-pointing"] = False  # as Stop does
    app.run()
    assert "of 4 test images" in words(app)
    next(button for button in app.button if button.label == "Continue").click().run()
    assert not app.exception, app.exception
    assert "points at the object, in" in words(app)
    assert "of 8 test images" in words(app)
    assert calls == [("grad-cam", "stage1.conv1")] * 3
    assert not any(button.label in ("Stop", "Continue") for button in app.button)


def test_a_link_with_an_old_label_opens_the_same_test(with_runs):
    app = open_page("pages/explain/checks.py", runs="digits-simple_cnn-0001", test="Does it forget?")
    assert not app.exception
    assert "With all layers randomised" in words(app)
    app = open_page("pages/explain/checks.py", runs="digits-simple_cnn-0001", test="Do these pixels decide?")
    assert "area under deletion" in words(app)
