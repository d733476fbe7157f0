"""Architecture works before anything is trained; what is chosen there is chosen on the pages beside it."""

import pytest

from explorer.insights.cost import InferenceTime
from explorer.ui.architecture import latency

from .conftest import follow, go_to, open_page, words

PAGE = "pages/look_inside/architecture.py"
PARTS = ["diagram", "table", "receptive field", "training memory", "published VGG and ResNet"]


def show(app, part: str):
    next(each for each in app.button_group if each.label == "Show").set_value(part).run()
    assert not app.exception, app.exception
    assert not app.error, [each.value for each in app.error]
    return app


def choose(app, *names: str):
    next(each for each in app.multiselect if each.label == "Architectures").set_value(list(names)).run()
    assert not app.exception, app.exception
    return app


def test_every_part_works_with_nothing_trained(checkpoints):
    app = open_page(PAGE)
    for part in PARTS:
        show(app, part)
    assert "71.6 % compared with 76.1 %" in words(app)


def test_latency_is_measured_once_when_somebody_asks(checkpoints, monkeypatch):
    timed = []

    def clock(one, batch_size):
        timed.append((one.torchvision_name, batch_size))
        return InferenceTime(0.0123 * batch_size, 0.01, 0.02, 5, batch_size, "a quiet machine")

    monkeypatch.setattr("explorer.insights.published.latency", clock)
    latency._store.clear()
    app = show(open_page(PAGE), "published VGG and ResNet")
    assert not timed
    cost = next(each for each in app.button_group if each.label == "Cost")
    assert cost.options == ["GMAC", "memory"]
    next(button for button in app.button if button.label == "Measure latency").click().run()
    assert not app.exception
    assert len(timed) == len(set(timed)) == 26, "13 networks, one image and a batch"
    table = next(each.value for each in app.dataframe if "one image" in each.value)
    assert table["one image"].tolist() == pytest.approx([12.3] * 16)
    assert "on a quiet machine, the median of 5 passes" in words(app)
    next(each for each in app.button_group if each.label == "Cost").set_value("batch").run()
    assert not app.exception
    assert len(timed) == 26
    latency._store.clear()


@pytest.mark.parametrize("name", ["mlp", "resnet110", "vgg16"])
def test_one_network_of_any_kind(checkpoints, name):
    app = choose(open_page(PAGE), name)
    for part in PARTS[:4]:
        show(app, part)


def test_the_answer_is_counted(checkpoints):
    text = words(choose(open_page(PAGE), "resnet110"))
    assert "110 layers with weights" in text
    assert "a unit of its last convolution sees the whole 32×32 image" in text


def test_every_part_works_with_runs(with_runs):
    app = open_page(PAGE, **{"look-at": "runs"})
    for part in PARTS[:4]:
        show(app, part)
    assert "with the weights of epoch best" in words(show(app, "receptive field"))


def test_a_layer_is_kept_from_page_to_page(with_runs):
    run = "digits-residual_cnn-0002"
    app = open_page(PAGE, **{"look-at": "runs"}, runs=run)
    picker = next(each for each in app.selectbox if each.label == "Layer of residual_cnn")
    wanted = next(name for name in picker.options if name.endswith("bn1"))
    assert picker.value != wanted
    picker.set_value(wanted).run()
    assert f"`{wanted}`" in words(show(app, "receptive field"))
    go_to(app, "pages/look_inside/feature_maps.py")
    assert next(each for each in app.selectbox if each.label == "Layer of residual_cnn").value == wanted
    # Saliency offers convolutions only; the choice is not lost there.
    go_to(app, "pages/explain/saliency.py")
    go_to(app, PAGE)
    assert next(each for each in app.selectbox if each.label == "Layer of residual_cnn").value == wanted


def test_a_link_brings_its_layer(checkpoints):
    app = open_page(PAGE, part="receptive field", **{"layer-resnet20": "stage2.0.conv1"})
    assert "`layer2.0.conv1` can see at most 17×17 pixels" in words(app)
    app = open_page(PAGE, part="receptive field", **{"layer-resnet20": "gone"})
    assert not app.exception
    assert "`layer3.2.conv2` can see" in words(app)


def test_the_unit_that_was_clicked_is_in_the_link(with_runs):
    app = open_page(PAGE, part="receptive field", row="3", column="99", **{"look-at": "runs"})
    assert not app.exception, app.exception
    sliders = {each.label: each for each in app.slider}
    assert (sliders["Row of the image"].value, sliders["Column of the image"].value) == (3, 31)
    app.session_state["row"] = 5  # as a click leaves it
    app.run()
    assert app.query_params["row"] == "5"
    next(each for each in app.slider if each.label == "Row of the image").set_value(8).run()
    assert app.query_params["row"] == "8"
    assert next(each for each in app.slider if each.label == "Row of the image").value == 8
    app = open_page(PAGE, part="receptive field", row="x")
    assert not app.exception, app.exception
    assert next(each for each in app.slider if each.label == "Row of the image").value == 16


def test_train_these(checkpoints):
    app = choose(open_page(PAGE), "vgg11")
    link = next(each.proto for each in app.get("page_link") if each.proto.label == "Train these architectures")
    assert (link.page, link.query_string) == ("train", "models=vgg11")
    go_to(app, "pages/train/train.py")
    follow(app, models=["vgg11", "gone"])
    assert app.multiselect(key="models").value == ["vgg11"]
    app.multiselect(key="models").set_value(["mlp"]).run()
    assert app.multiselect(key="models").value == ["mlp"]  # the link decides once
