"""A run that cannot be read is damaged, with a reason, and chosen nowhere; a blemish is passed over."""

import numpy as np
import pytest

from explorer.errors import UserError
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, epochs, find, list_runs, steps, weight_stats
from explorer.runs.history import read_test_predictions
from explorer.runs.store import damaged_runs, unknown_keys
from explorer.training import TrainConfig
from tests.records import BLEMISHES, DAMAGES, append, copy_run

CONFIG = RunConfig("tiny", "mlp", {"widths": (8,)}, TrainConfig(epochs=2, batch_size=48, device="cpu"), image_size=8)


@pytest.fixture
def good(checkpoints, tiny):
    return train_run(create(CONFIG), loader=lambda *_, **__: tiny)


def test_a_damaged_run_is_named_with_its_reason_and_chosen_nowhere(good):
    damaged = {}
    for number, (damage, reason) in enumerate(DAMAGES.values(), start=2):
        folder = copy_run(good.path, number)
        find(folder.name)  # what was read before is not what lies there now
        damage(folder)
        damaged[folder.name] = reason
    assert [run.id for run in list_runs()] == [good.id]
    assert {one.id for one in damaged_runs()} == set(damaged)
    for one in damaged_runs():
        assert damaged[one.id] in one.reason
        with pytest.raises(UserError, match=f"{one.id} cannot be read: "):
            find(one.id)


def test_a_blemish_costs_what_it_touches_and_no_more(good):
    there, measured = len(steps(good.id).step), len(weight_stats(good.id).step)
    for number, blemish in enumerate(BLEMISHES.values(), start=2):
        folder = copy_run(good.path, number)
        blemish(folder)
        run = find(folder.name)
        assert len(epochs([run.id])) == 2
        assert len(steps(run.id).step) in (0, there - 1, there)
        assert len(weight_stats(run.id).step) <= measured
        predicted = read_test_predictions(run)
        assert predicted is None or len(predicted) == 2
    assert len(list_runs()) == 1 + len(BLEMISHES)
    (sentence,) = unknown_keys()
    assert "config.ema" in sentence


def test_lines_that_are_no_steps_leave_the_others_as_they_are(good):
    before = steps(good.id)
    append(good.path, "steps.jsonl", b'{"step": 1e99}\n{"step": null}\n')
    append(good.path, "steps.jsonl", b'{"step": 9, "epoch": 3, "loss": 1, "accuracy": {}, "gradient_norms": []}\n')
    for one, other in zip(vars(before).values(), vars(steps(good.id)).values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_run_of_a_newer_version_is_not_trained(checkpoints, tiny):
    run = create(RunConfig("tiny", "mlp", {"widths": (8,)}, TrainConfig(device="cpu"), 8, unknown={"ema": 0.9}))
    failed = train_run(run, loader=lambda *_, **__: tiny)
    assert failed.status == "failed"
    assert "does not support the settings ema" in failed.reason
