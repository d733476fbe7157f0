"""A link made from a run's config fills in the Train page, and what is started there is that config."""

import pytest
from hypothesis import assume, given, settings, strategies as st

from explorer.errors import UserError
from explorer.models import MODELS, options
from explorer.options import Option, OptionValue, options_of
from explorer.runs import RunConfig, list_runs
from explorer.runs.check import check
from explorer.runs.equal import trains_the_same
from explorer.runs.names import config_names
from explorer.studies.presets import PRESETS
from explorer.training import TrainConfig
from explorer.ui.train.link import train_link, transfer_link

from .conftest import open_page

CONFIGS = [preset.config() for preset in PRESETS.values()] + [
    RunConfig("shapes", "mlp", {"match": "simple_cnn:kernel=5"}, TrainConfig(epochs=1, seed=7, augment=True)),
    RunConfig("digits", "mlp", {"widths": (64, 32)}, TrainConfig(learning_rate=3e-4, schedule="onecycle")),
    RunConfig("shortcut:border@0.8:digits", "simple_cnn"),
    RunConfig("fashion-mnist", "vgg16", {"residual": True, "batch_norm": False}, TrainConfig(fraction=0.25)),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: f"{config.dataset}-{config.model}")
def test_what_is_started_is_the_config(config, checkpoints, monkeypatch):
    monkeypatch.setattr("explorer.ui.train.estimate.table", lambda configs: None)
    app = open_page("pages/train/train.py", **train_link(config))
    assert not app.exception, app.exception
    assert not app.error, [each.value for each in app.error]
    assert not app.info, [each.value for each in app.info]
    next(button for button in app.button if button.label == "Start training").click().run()
    (run,) = list_runs()
    assert run.config == config


def test_a_run_from_pretrained_weights_leads_to_the_transfer_that_it_is_one_of(with_runs):
    source = list_runs()[0]
    training = TrainConfig(epochs=3, source=source.id, tune="frozen", head_learning_rate=0.02)
    app = open_page("pages/study/transfer.py", **transfer_link(RunConfig("shapes", source.config.model, {}, training)))
    assert not app.info, [each.value for each in app.info]
    assert app.multiselect(key="networks").value == [source.id]
    assert app.number_input(key="transfer-epochs-quick").value == 3
    assert app.number_input(key="transfer-head-rate").value == 0.02


ALLOWED = {name: option for name, option in options_of(TrainConfig()).items() if name not in ("device", "path")}


@st.composite
def drawn_configs(draw) -> RunConfig:
    """Any network with some of its options, and some of the training's, at values that they can have."""
    model = draw(st.sampled_from(sorted(MODELS)))
    declared = {name: option for name, option in options(model).items() if not option.networks}
    chosen = {name: draw(values_of(option)) for name, option in some(draw, declared)}
    training = {name: draw(values_of(option)) for name, option in some(draw, ALLOWED)}
    try:
        config = RunConfig(draw(st.sampled_from(["digits", "shapes"])), model, chosen, TrainConfig(**training))
        check(config)
    except UserError:
        assume(False)
    return config


def some(draw, declared: dict[str, Option]) -> list[tuple[str, Option]]:
    names = draw(st.sets(st.sampled_from(sorted(declared)), max_size=4)) if declared else set()
    return [(name, declared[name]) for name in sorted(names)]


def values_of(option: Option) -> st.SearchStrategy[OptionValue]:
    if option.choices:
        return st.sampled_from(option.choices)
    if option.type is bool:
        return st.booleans()
    if option.type is int:
        return st.integers(int(option.low), int(option.high))
    if option.type is float:
        return st.floats(option.low, option.high, allow_nan=False)
    return st.just(option.default)


@settings(max_examples=12)
@given(drawn_configs())
def test_the_link_of_any_run_opens_a_form_that_makes_an_equal_run(config):
    made = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ui.train.estimate.table", lambda configs: made.append(configs))
        patch.setattr("explorer.ui.train.fit_button.offer", lambda *_: None)
        patch.setattr("explorer.ui.train.estimate.expected_seconds", lambda configs: 1.0)
        app = open_page("pages/train/train.py", **train_link(config))
    assert not app.exception, app.exception
    assert not app.error, [each.value for each in app.error]
    ((again,),) = made
    assert trains_the_same(again, config), config_names([config, again])
