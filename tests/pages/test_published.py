"""Published models are chosen like runs; where their weights are not here, a page offers to fetch them."""

import pytest

from explorer.models.published import PUBLISHED
from explorer.runs.published import find_published
from explorer.ui.pickers import fetching

from .conftest import go_to, open_page, words

RUN = "published-resnet18"
FILTERS = "pages/look_inside/filters.py"
PAGES = [
    "pages/look_inside/architecture.py",
    FILTERS,
    "pages/look_inside/feature_maps.py",
    "pages/explain/saliency.py",
]


def button(app, label: str):
    return next(each for each in app.button if each.label.startswith(label))


def assert_fine(app) -> None:
    assert not app.exception, app.exception
    assert not app.error, [each.value for each in app.error]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_one_without_a_run_of_ones_own(page, checkpoints, resnet18):
    app = open_page(page, runs=RUN, **{"look-at": "runs"})
    assert_fine(app)
    assert "published ResNet-18" in words(app)
    assert app.session_state["runs"] == [RUN]


def test_a_prediction_has_imagenets_names_and_says_what_was_enlarged(checkpoints, resnet18):
    app = open_page("pages/explain/saliency.py", runs=RUN)
    says = next(each.value for each in app.header if " predicts " in each.value)
    assert any(f"predicts {name}," in says for name in resnet18.input_spec.classes)
    assert "32×32 pixels, enlarged to 224×224" in words(app)


def test_beside_a_run_of_ones_own_it_sees_that_runs_images(with_runs, resnet18):
    own = "digits-simple_cnn-0001"
    app = open_page("pages/look_inside/feature_maps.py", runs=[RUN, own])
    assert_fine(app)
    assert "enlarged" not in words(app)
    assert all(name in words(app) for name in ("published ResNet-18", "simple_cnn"))


def test_each_network_is_shown_the_image_in_its_own_size(with_runs, resnet18):
    state = {"look-at": "runs", "part": "receptive field", "row": "16", "column": "4"}
    state |= {"layer-resnet18": "stage1.0.conv1", "layer-simple_cnn": "stage1.conv1"}
    app = open_page(PAGES[0], runs=["digits-simple_cnn-0001", RUN], **state)
    assert_fine(app)
    text = words(app)
    assert "Unit (16, 4) of `stage1.conv1`" in text
    assert "Unit (29, 8) of `layer1.0.conv1`" in text  # 224 pixels a side, of which each unit stands for 4
    app = open_page(PAGES[0], runs=[RUN, "digits-simple_cnn-0001"], **state | {"row": "115", "column": "31"})
    assert_fine(app)
    assert "Unit (16, 4) of `stage1.conv1`" in words(app)


def test_nothing_is_right_or_wrong_for_a_published_model(checkpoints, resnet18):
    app = open_page("pages/look_inside/embedding.py", runs=RUN, points="100", **{"only-mistakes": "true"})
    assert_fine(app)
    assert not [each for each in app.toggle if each.label == "Only mistakes"]
    assert "100 of the 640 validation images of shapes" in words(app)


def test_a_page_about_training_sets_it_aside(with_runs, resnet18):
    app = open_page(FILTERS, runs=RUN)
    go_to(app, "pages/compare/curves.py")
    assert_fine(app)
    assert RUN not in app.session_state["runs"]
    go_to(app, FILTERS)
    assert RUN in app.session_state["runs"]


def test_weights_are_fetched_by_a_button(checkpoints, server, cache):
    server.may_go_on.clear()
    app = open_page(FILTERS, runs=RUN)
    assert "69.8 % of ImageNet's validation images" in words(app)
    button(app, "Download weights (47 MB)").click().run()
    assert_fine(app)
    assert button(app, "Stop")
    server.may_go_on.set()
    fetching.start(find_published(RUN)).thread.join(30)  # joins the one that goes on: there is one for all
    app.run()
    assert_fine(app)
    assert "for 64 kernels of 7×7." in words(app)
    assert server.requests == 1


def test_stop_leaves_nothing_behind(checkpoints, server, cache):
    server.may_go_on.clear()
    app = open_page(FILTERS, runs=RUN)
    button(app, "Download weights").click().run()
    known = fetching.start(find_published(RUN))
    known.stop.set()
    server.may_go_on.set()
    known.thread.join(30)
    app.run()
    assert_fine(app)
    assert button(app, "Download weights")
    assert list(cache.iterdir()) == []


def test_without_internet_there_is_one_sentence(checkpoints, server, cache):
    server.shutdown()
    server.server_close()
    app = open_page(FILTERS, runs=RUN)
    button(app, "Download weights").click().run()
    fetching.start(find_published(RUN)).thread.join(30)
    app.run()
    assert not app.exception, app.exception
    (error,) = app.error
    assert f"put {PUBLISHED['resnet18'].file} into" in error.value
    assert list(cache.iterdir()) == []


def test_a_failure_that_nobody_foresaw_leaves_a_sentence_and_is_logged(monkeypatch):
    def broken(*_):
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr(fetching, "fetch", broken)
    known = fetching.Fetching()
    with pytest.raises(ValueError, match="nobody foresaw"):
        known.run(find_published(RUN))
    assert "published ResNet-18 could not be downloaded (unexpected error)" in known.problem


def test_a_published_figure_leads_to_the_network_itself(checkpoints, resnet18):
    app = open_page(PAGES[0], part="published VGG and ResNet")
    next(each for each in app.selectbox if each.label == "Look inside").set_value(RUN).run()
    button(app, "Open").click().run()
    assert_fine(app)
    assert "11.7 M parameters" in words(app)
