"""epochs.jsonl and steps.jsonl."""

import math

import numpy as np
import pytest

from explorer.runs import RunConfig, create, epochs, steps
from explorer.runs.history import PLAIN_LOSS, smoothing_in_training_loss
from explorer.runs.lines import append, cut, read_lines
from explorer.runs.recorder import four_digits
from explorer.training import TrainConfig


def test_what_is_appended_comes_back(tmp_path):
    file = tmp_path / "x.jsonl"
    append(file, [{"epoch": 1, "a": 0.5}, {"epoch": 2, "a": 0.25}])
    append(file, [{"epoch": 3, "a": [1.0, 2.0]}])
    assert read_lines(file) == [{"epoch": 1, "a": 0.5}, {"epoch": 2, "a": 0.25}, {"epoch": 3, "a": [1.0, 2.0]}]


def test_what_is_not_finite_is_null_in_the_file_and_nan_in_the_table(checkpoints):
    run = create(RunConfig("digits", "mlp"))
    row = dict.fromkeys(
        ["train_loss", "train_accuracy", "validation_accuracy", "learning_rate", "seconds", "images_per_second"], 0.5
    )
    append(run.path / "epochs.jsonl", [{"epoch": 1, "validation_loss": math.nan, **row}])
    assert "NaN" not in (run.path / "epochs.jsonl").read_text()
    table = epochs([run.id])
    assert math.isnan(table["validation_loss"][0])
    run.change(parameter_names=["w", "b"])
    append(
        run.path / "steps.jsonl",
        [{"step": 1, "epoch": 1, "loss": math.inf, "accuracy": 0.1, "gradient_norms": [math.nan, 2.0]}],
    )
    history = steps(run.id)
    assert math.isnan(history.loss[0])
    assert math.isnan(history.norms[0, 0])
    assert history.norms[0, 1] == 2.0


def test_a_half_written_last_line_is_not_there_yet(tmp_path):
    file = tmp_path / "x.jsonl"
    append(file, [{"epoch": 1}])
    with file.open("a") as half:
        half.write('{"epoch": 2, "lo')
    assert read_lines(file) == [{"epoch": 1}]
    cut(file, 9)
    append(file, [{"epoch": 2}])
    assert read_lines(file) == [{"epoch": 1}, {"epoch": 2}]


def test_cut_drops_what_lies_behind_an_epoch(tmp_path):
    file = tmp_path / "x.jsonl"
    append(file, [{"epoch": e} for e in (1, 1, 2, 3)])
    cut(file, 2)
    assert [row["epoch"] for row in read_lines(file)] == [1, 1, 2]


@pytest.mark.parametrize(("recorded", "held"), [(None, 0.2), (PLAIN_LOSS, 0.0)])
def test_older_runs_hold_label_smoothing_in_their_training_loss(checkpoints, recorded, held):
    run = create(RunConfig("digits", "mlp", training=TrainConfig(label_smoothing=0.2)))
    assert smoothing_in_training_loss(run.change(recorded_loss=recorded)) == held


def test_a_run_without_steps_has_empty_arrays(checkpoints):
    run = create(RunConfig("digits", "mlp"))
    assert steps(run.id).norms.shape == (0, 0)
    assert epochs([run.id]).empty
    assert list(epochs([]).columns)[:2] == ["run", "epoch"]


@pytest.mark.parametrize("value", [1.23456789e-12, 0.0, 98765.4321, 3.0])
def test_norms_keep_four_digits(value):
    (kept,) = four_digits(np.array([value], dtype=np.float32))
    assert kept == pytest.approx(value, rel=1e-3)
