"""The options of training on the Train page: a widget for each, filled in by a link."""

from explorer.options import options_of
from explorer.runs import list_runs
from explorer.training import TrainConfig
from tests.pages.conftest import open_page, words

PAGE = "pages/train/train.py"
OPTIONS = options_of(TrainConfig())


def widgets(app) -> dict:
    of_training = (*app.number_input, *app.selectbox, *app.toggle, *app.select_slider)
    return {w.key: w for w in of_training if w.key in OPTIONS}


def test_every_option_has_a_widget_with_its_default_and_range(checkpoints):
    shown = widgets(open_page(PAGE))
    assert set(shown) == set(OPTIONS)
    for name, option in OPTIONS.items():
        widget = shown[name]
        assert widget.value == option.default
        assert widget.help == option.help
        if option.low is not None and name != "fraction":  # a slider of the shares one would choose
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


def test_a_share_between_the_steps_of_the_slider_is_kept(checkpoints):
    app = open_page(PAGE, fraction="0.37")
    assert not app.info
    assert widgets(app)["fraction"].value == 0.37


def test_what_is_too_long_for_a_lesson_is_made_to_fit(checkpoints, monkeypatch):
    monkeypatch.setattr("explorer.ui.train.estimate._trial_rate", lambda *_: 115.7)  # ten seconds an epoch
    monkeypatch.setattr("explorer.ui.train.estimate._earlier_rate", lambda *_: None)
    app = open_page(PAGE, epochs="20")
    fits = [button for button in app.button if button.label == "Fit into 5 minutes"]
    assert not fits, "200 seconds fit already"
    app.number_input(key="epochs").set_value(100).run()
    next(button for button in app.button if button.label == "Fit into 5 minutes").click().run()
    assert (widgets(app)["epochs"].value, widgets(app)["fraction"].value) == (30, 1.0)
    assert not [button for button in app.button if button.label == "Fit into 5 minutes"]
