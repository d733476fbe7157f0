"""A link made from a run's config fills in the Train page, and what is started there is that config."""

import pytest

from explorer.runs import RunConfig, list_runs
from explorer.studies.presets import PRESETS
from explorer.training import TrainConfig
from explorer.ui.train.link import train_link

from .conftest import open_page

CONFIGS = [preset.config() for preset in PRESETS.values()] + [
    RunConfig("shapes", "mlp", {"match": "simple_cnn:kernel=5"}, TrainConfig(epochs=1, seed=7, augment=True)),
    RunConfig("digits", "mlp", {"widths": (64, 32)}, TrainConfig(learning_rate=3e-4, schedule="onecycle")),
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
