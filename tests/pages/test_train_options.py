"""The options of training on the Train page: a widget for each, filled in by a link."""

from explorer.options import options_of
from explorer.runs import list_runs
from explorer.training import TrainConfig
from tests.pages.conftest import open_page

PAGE = "pages/train/train.py"
OPTIONS = options_of(TrainConfig())


def widgets(app) -> dict:
    of_training = (*app.number_input, *app.selectbox, *app.toggle)
    return {w.key: w for w in of_training if (w.key or "").startswith("training.")}


def test_every_option_has_a_widget_with_its_default_and_range(checkpoints):
    shown = widgets(open_page(PAGE))
    assert {key.removeprefix("training.") for key in shown} == set(OPTIONS)
    for name, option in OPTIONS.items():
        widget = shown[f"training.{name}"]
        assert widget.value == option.default
        assert widget.help == option.help
        if option.low is not None:
            assert (widget.min, widget.max) == (option.low, option.high)


def test_a_link_fills_in_the_page(checkpoints):
    app = open_page(PAGE, epochs="3", optimizer="sgd", augment="true", weight_decay="0.0005", models="mlp")
    assert not app.exception
    assert not app.query_params.keys() & OPTIONS.keys(), "from here on the visitor chooses"
    next(button for button in app.button if button.label == "Start training").click().run()
    (run,) = list_runs()
    assert run.config.training == TrainConfig(epochs=3, optimizer="sgd", augment=True, weight_decay=0.0005)


def test_a_link_with_an_impossible_value_is_one_sentence(checkpoints):
    app = open_page(PAGE, optimizer="adamm")
    assert not app.exception
    assert app.error[0].value == "Option optimizer cannot be 'adamm': choose one of adamw, sgd."
    app.run()
    assert not app.error
    assert widgets(app)["training.optimizer"].value == "adamw"
