"""The options of training on the Train page: a widget for each, filled in by a link."""

from explorer.options import options_of
from explorer.runs import list_runs
from explorer.training import TrainConfig
from tests.pages.conftest import open_page, words

PAGE = "pages/train/train.py"
OPTIONS = options_of(TrainConfig())


def widgets(app) -> dict:
    of_training = (*app.number_input, *app.selectbox, *app.toggle)
    return {w.key: w for w in of_training if w.key in OPTIONS}


def test_every_option_has_a_widget_with_its_default_and_range(checkpoints):
    shown = widgets(open_page(PAGE))
    assert set(shown) == set(OPTIONS)
    for name, option in OPTIONS.items():
        widget = shown[name]
        assert widget.value == option.default
        assert widget.help == option.help
        if option.low is not None:
            assert (widget.min, widget.max) == (option.low, option.high)


def test_a_link_fills_in_the_page(checkpoints):
    app = open_page(PAGE, epochs="3", optimizer="sgd", augment="true", weight_decay="0.0005", models="mlp")
    assert not app.exception
    assert app.query_params["weight_decay"] == "0.0005"
    next(button for button in app.button if button.label == "Start training").click().run()
    (run,) = list_runs()
    assert run.config.training == TrainConfig(epochs=3, optimizer="sgd", augment=True, weight_decay=0.0005)


def test_a_link_with_an_impossible_value_is_one_sentence(checkpoints):
    app = open_page(PAGE, optimizer="adamm")
    assert not app.exception
    assert [each.value for each in app.info] == [
        "The link asks for Optimizer “adamm”, which is not available here. Shown instead: adamw."
    ]
    assert widgets(app)["optimizer"].value == "adamw"
    app.run()
    assert "The link" not in words(app)
