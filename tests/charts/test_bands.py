"""Charts of studies: bands over seeds, dots with intervals, time."""

import json
import time

import numpy as np
import pandas as pd
import pytest

from explorer import charts
from explorer.charts.palette import colour

from .frames import epochs, font_sizes, steps


def with_variants(frame, each=3):
    """Runs as seeds of variants, `each` of them in one."""
    numbers = frame["run"].str.extract(r"(\d+)$")[0].astype(int)
    return frame.assign(variant="variant " + ((numbers - 1) // each).astype(str))


def spec(chart):
    return chart.to_dict()


def accuracies(runs=6):
    frame = with_variants(pd.DataFrame({"run": [f"digits-net-{n:04d}" for n in range(1, runs + 1)]}))
    return frame.assign(accuracy=0.9, low=0.88, high=0.92, seconds=1.5)


def norms():
    return with_variants(epochs(6, 5)).rename(columns={"train_loss": "norm"})


CHARTS = {
    "loss": lambda present: charts.loss_bands(with_variants(epochs(6)), present=present),
    "log loss": lambda present: charts.loss_bands(with_variants(epochs(6)), log=True, present=present),
    "accuracy": lambda present: charts.accuracy_bands(with_variants(epochs(6)), present=present),
    "steps": lambda present: charts.step_bands(with_variants(steps(6, 300)), present=present),
    "norms": lambda present: charts.norm_bands(norms(), present=present),
    "dots": lambda present: charts.accuracy_dots(accuracies(), present=present),
    "time": lambda present: charts.time_bars(accuracies(), present=present),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_small_and_readable_from_afar(name):
    desk, classroom = (spec(CHARTS[name](present)) for present in (False, True))
    assert sum(len(rows) for rows in desk["datasets"].values()) < 5000
    assert min(font_sizes(classroom)) >= 20
    assert json.dumps(desk, allow_nan=False)


@pytest.mark.parametrize("name", CHARTS)
def test_a_variant_has_the_colour_of_its_first_run(name):
    text = json.dumps(spec(CHARTS[name](False)))
    assert colour("x-0001") in text
    assert colour("x-0004") in text
    assert colour("x-0002") not in text


def test_a_band_reaches_from_the_lowest_to_the_highest_seed():
    frame = with_variants(epochs(3, 2))
    rows = next(rows for rows in spec(charts.loss_bands(frame))["datasets"].values() if "low" in rows[0])
    first = frame[frame["epoch"] == 1]["validation_loss"]
    assert rows[0]["low"] == pytest.approx(first.min())
    assert rows[0]["high"] == pytest.approx(first.max())
    assert rows[0]["value"] == pytest.approx(first.mean())


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_seed_that_diverged_leaves_a_gap_and_a_valid_chart(bad):
    frame = with_variants(epochs(3, 4))
    frame.loc[frame["epoch"] == 3, "validation_loss"] = bad
    text = json.dumps(spec(charts.loss_bands(frame, log=True)), allow_nan=False)
    assert "null" in text


@pytest.mark.parametrize(
    "make", [charts.loss_bands, charts.accuracy_bands, charts.step_bands, charts.norm_bands, charts.accuracy_dots,
             charts.time_bars],
)  # fmt: skip
def test_nothing_makes_an_empty_chart(make):
    assert make(pd.DataFrame(columns=["variant", "run", "epoch", "step", "loss"])).to_dict()


def test_twelve_runs_of_25_epochs_draw_in_under_a_second():
    frame = with_variants(epochs(12, 25))
    charts.loss_bands(frame).to_dict()  # imports
    start = time.perf_counter()
    charts.loss_bands(frame).to_dict()
    charts.accuracy_bands(frame).to_dict()
    assert time.perf_counter() - start < 1
