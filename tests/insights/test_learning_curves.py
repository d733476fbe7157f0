"""Smoothing is TensorBoard's, groups are means in their range, and the three axes say where a point lies."""

import numpy as np
import pandas as pd
import pytest

from explorer.insights.learning_curves import (
    TRAINING,
    VALIDATION,
    over_epochs,
    over_seconds,
    over_steps,
    pooled,
    smoothed,
)


def epochs(losses: dict[str, list[float]], seconds: float = 2.0) -> pd.DataFrame:
    rows = [
        {"run": run, "epoch": epoch, "train_loss": loss, "validation_loss": loss + 1, "seconds": seconds}
        for run, of_run in losses.items()
        for epoch, loss in enumerate(of_run, 1)
    ]
    return pd.DataFrame(rows)


def validation(losses: dict[str, list[float]], weight: float = 0.0) -> pd.DataFrame:
    points = over_epochs(epochs(losses), "loss")
    return points.assign(smooth=smoothed(points, weight))


def tensorboards(values: list[float], weight: float) -> list[float]:
    """As its line chart writes it: an average from zero, divided by what is missing of it."""
    last, count, out = 0.0, 0, []
    for value in values:
        if not np.isfinite(value):
            out.append(np.nan)
            continue
        last, count = last * weight + (1 - weight) * value, count + 1
        out.append(last / (1 - weight**count))
    return out


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0, 5.0], [1.0], [4.0, np.nan, 2.0, np.inf, 1.0], [2.0] * 9])
def test_smoothing_is_tensorboards(weight, values):
    points = over_epochs(epochs({"a": values}), "loss")
    averaged = smoothed(points, weight)[points["split"] == TRAINING]
    np.testing.assert_allclose(averaged, tensorboards(values, weight), rtol=1e-9)


def test_a_constant_stays_what_it_is_from_the_first_value_on():
    points = over_epochs(epochs({"a": [2.0] * 5}), "loss")
    assert smoothed(points, 0.95)[points["split"] == TRAINING].tolist() == pytest.approx([2.0] * 5)


def test_runs_and_splits_are_smoothed_apart():
    both, alone = validation({"a": [1.0, 2.0], "b": [9.0, 8.0]}, 0.5), validation({"b": [9.0, 8.0]}, 0.5)
    assert both[both["run"] == "b"]["smooth"].tolist() == alone["smooth"].tolist()


def test_seconds_are_those_of_all_epochs_so_far():
    points = over_seconds(epochs({"a": [3.0, 2.0, 1.0], "b": [3.0]}, seconds=1.5), "loss")
    assert points[(points["run"] == "a") & (points["split"] == VALIDATION)]["x"].tolist() == [1.5, 3.0, 4.5]
    assert points[points["run"] == "b"]["x"].tolist() == [1.5, 1.5]


def test_validation_lies_at_the_last_step_of_its_epoch():
    steps = pd.DataFrame({"run": "a", "step": range(1, 7), "epoch": [1, 1, 1, 2, 2, 2], "loss": 1.0})
    points = over_steps(epochs({"a": [3.0, 2.0]}), steps, "loss")
    ends = points[points["split"] == VALIDATION]
    assert ends["x"].tolist() == [3, 6]
    assert ends["value"].tolist() == [4.0, 3.0]
    assert (points["split"] == TRAINING).sum() == 6


def test_a_group_is_the_mean_of_its_runs_between_the_lowest_and_the_highest():
    table = pooled(validation({"a": [1.0, 4.0], "b": [3.0, 6.0], "c": [7.0]}), {"a": "x", "b": "x", "c": "y"})
    x = table[(table["series"] == "x") & (table["split"] == TRAINING)]
    assert x["value"].tolist() == [2.0, 5.0]
    assert (x["low"].tolist(), x["high"].tolist()) == ([1.0, 4.0], [3.0, 6.0])
    assert x["runs"].tolist() == [2, 2]
    assert table[table["series"] == "y"]["runs"].tolist() == [1, 1]


def test_a_group_has_no_mean_where_one_of_its_runs_diverged():
    table = pooled(validation({"a": [1.0, np.nan], "b": [3.0, 2.0]}), {"a": "x", "b": "x"})
    rows = table[table["split"] == TRAINING]
    assert rows["value"].isna().tolist() == [False, True]
    assert rows["low"].isna().tolist() == [False, True]


def test_a_shorter_run_leaves_the_others_of_its_group():
    table = pooled(validation({"a": [1.0], "b": [3.0, 2.0]}), {"a": "x", "b": "x"})
    assert table[table["split"] == TRAINING]["runs"].tolist() == [2, 1]
