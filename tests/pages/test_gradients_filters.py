"""What the Gradients and the Filters page can show, one view after the other."""

import json
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from explorer.jobs.train_run import train_run
from explorer.runs import Checkpoint, RunConfig, create, list_runs
from explorer.training import TrainConfig
from explorer.ui import saving

from .conftest import open_page, words


@pytest.fixture
def gradients_page(with_runs):
    app = open_page("pages/look_inside/gradients.py")
    app.multiselect[0].set_value([run.id for run in list_runs()]).run()
    return app


def test_each_view_of_the_gradients_says_how_to_read_it_and_draws(gradients_page):
    from explorer.ui.inside import gradients  # here, for pages are registered within a script run

    app = gradients_page
    for name, view in gradients.VIEWS.items():
        app.button_group(key="gradients-view").set_value(name).run()
        assert not app.exception, app.exception
        assert view.reading in words(app)
        charts = len(app.get("vega_lite_chart"))
        assert charts == 2, f"{name}: {charts} charts"


def test_matching_layers_of_networks_share_a_position(gradients_page):
    assert "Matching layers share a position" in words(gradients_page)
    spec = json.loads(gradients_page.get("vega_lite_chart")[0].proto.spec)
    assert any("shared by matching layers" in str(layer["encoding"]["x"].get("title", "")) for layer in spec["layer"])


def test_what_vanishing_means_is_written_on_the_chart(gradients_page):
    title = json.loads(gradients_page.get("vega_lite_chart")[0].proto.spec)["title"]
    assert title == ["Would vanish: first layer < 0.001 × last", "Would explode: first layer > 1,000 × last"]


def test_a_layer_that_was_chosen_elsewhere_is_ringed_with_its_figures(gradients_page):
    assert "Click a point" in words(gradients_page)
    gradients_page.session_state["layer-simple_cnn"] = "stage3.conv1"
    gradients_page.session_state["layer-residual_cnn"] = "stage1.bn1"
    gradients_page.run()
    assert not gradients_page.exception, gradients_page.exception
    text = words(gradients_page)
    assert "the ring marks `stage3.conv1`, number 2 of 3 from the first. Its gradient norm is" in text
    assert "the chosen layer `stage1.bn1` has no trainable kernel or matrix." in text
    spec = json.loads(gradients_page.get("vega_lite_chart")[0].proto.spec)
    assert any(layer["mark"].get("filled") is False for layer in spec["layer"]), "no ring"
    assert gradients_page.query_params["layer-simple_cnn"] == "stage3.conv1"
    gradients_page.session_state["layer-residual_cnn"] = "stage9.conv1"  # of a deeper network of the same model
    assert "has no layer `stage9.conv1`" in words(gradients_page.run())


def test_filters_of_any_convolution(checkpoints):
    training = TrainConfig(epochs=1, batch_size=512, device="cpu")
    deep = train_run(create(RunConfig("digits", "simple_cnn", {"depth": 4}, training), status="running"))
    app = open_page("pages/look_inside/filters.py", runs=deep.id)
    (layer,) = [box for box in app.selectbox if box.label.startswith("Layer of")]
    assert "Chosen convolution" not in [head.value for head in app.subheader]
    layer.set_value(layer.options[1]).run()
    assert not app.exception, app.exception
    assert "Chosen convolution" in [head.value for head in app.subheader]
    assert f"`{layer.options[1]}`" in words(app)
    next(box for box in app.selectbox if box.label == "Slice").set_value("1").run()
    assert not app.exception, app.exception
    assert "Input channel 1." in words(app)
    images = [what for what, thing in app.session_state[saving.STATE].things.items() if thing.image is not None]
    assert any("kernels as small images" in what for what in images), "they can be saved for a paper"


def test_the_film_of_a_run_begins_untrained(with_runs):
    run = next(run for run in list_runs() if run.config.model == "simple_cnn")
    from explorer.insights.layers import conv_layers
    from explorer.ui import cache
    from explorer.ui.inside import filter_player, filter_tiles

    layer = conv_layers(cache.model(Checkpoint(run, "last")))[0]
    style = filter_tiles.TileStyle(by_norm=True, channel=None)
    links, order = filter_player.frames(run, [0, 1, 2], layer, style)
    assert sorted(order) == list(range(16))
    frames = [Image.open(BytesIO(b64decode(link.partition(",")[2]))) for link in links]
    assert len({frame.size for frame in frames}) == 1
    assert frames[0].tobytes() != frames[-1].tobytes()
