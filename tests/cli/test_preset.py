"""`train --preset`: the recipe is followed, and what is typed beside it takes precedence."""

import pytest

from explorer.cli import main
from explorer.runs import list_runs
from explorer.studies.presets import PRESETS
from explorer.training import TrainConfig


def test_a_preset_is_followed_but_for_what_is_typed(checkpoints):
    typed = ["--dataset", "digits", "--epochs", "1", "--set", "depth=2", "--set", "patience=3", "--device", "cpu"]
    assert main(["train", "--preset", "mnist-99", *typed]) == 0
    (run,) = list_runs()
    recipe = PRESETS["mnist-99"]
    assert (run.config.dataset, run.config.model, run.config.options) == ("digits", "simple_cnn", {"depth": 2})
    assert run.config.training == TrainConfig(**{**recipe.training, "epochs": 1, "patience": 3, "device": "cpu"})


def test_another_model_leaves_the_recipes_options_behind(checkpoints):
    typed = ["--dataset", "digits", "--model", "mlp", "--epochs", "1", "--lr", "0.01", "--batch-size", "64"]
    assert main(["train", "--preset", "vgg16-25", *typed, "--device", "cpu"]) == 0
    (run,) = list_runs()
    assert (run.config.model, run.config.options) == ("mlp", {})
    assert run.config.training.optimizer == "sgd"
    assert (run.config.training.learning_rate, run.config.training.batch_size) == (0.01, 64)


def test_an_unknown_preset_is_named_with_those_there_are(checkpoints, capsys):
    assert main(["train", "--preset", "cifar11"]) == 2
    message = capsys.readouterr().err
    assert "cifar11" in message
    assert all(name in message for name in PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_trained(name):
    """Its data, model, options and training exist; a recipe is never left half right."""
    from explorer.runs.check import check

    check(PRESETS[name].config(seed=3, device="cpu"))
