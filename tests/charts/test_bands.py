"""Charts of studies: bands over seeds, dots with intervals, time."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import vl_convert

from explorer import charts
from explorer.charts.palette import colour
from explorer.charts.variants import leads

from .frames import epochs, faded, font_sizes, steps


def with_variants(frame, each=3):
    """Runs as seeds of variants, `each` of them in one."""
    numbers = frame["run"].str.extract(r"(\d+)$")[0].astype(int)
    return frame.assign(variant="variant " + ((numbers - 1) // each).astype(str))


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("chart", [charts.loss_bands, charts.loss_curves, charts.norm_epochs])
def test_each_epoch_is_written_once(chart, count):
    """And no half of one: beside two epochs there was a second 2, at 1.5."""
    frame = with_variants(epochs(2, count)).assign(norm=1.0)
    drawn = vl_convert.vegalite_to_svg({**spec(chart(frame)), "width": 640})
    axis = drawn.partition('aria-label="X-axis')[2].partition("role-axis-title")[0]
    assert re.findall(r">([^<]+)</text>", axis) == [str(epoch) for epoch in range(1, count + 1)]


def spec(chart):
    return chart.to_dict()


def accuracies(runs=6):
    frame = with_variants(pd.DataFrame({"run": [f"digits-net-{n:04d}" for n in range(1, runs + 1)]}))
    return frame.assign(accuracy=0.9, low=0.88, high=0.92, seconds=1.5, recomputed=0.9, running=0.4)


def marked(**columns):
    """The rows of the loss chart of six runs that are words."""
    rows = spec(charts.loss_bands(with_variants(epochs(6)), marks=pd.DataFrame(columns)))["datasets"].values()
    return next((table for table in rows if "label" in table[0]), [])


def norms():
    return with_variants(epochs(6, 5)).rename(columns={"train_loss": "norm"})


CHARTS = {
    "loss": lambda present: charts.loss_bands(with_variants(epochs(6)), present=present),
    "log loss": lambda present: charts.loss_bands(with_variants(epochs(6)), log=True, present=present),
    "accuracy": lambda present: charts.accuracy_bands(with_variants(epochs(6)), present=present),
    "steps": lambda present: charts.step_bands(with_variants(steps(6, 300)), present=present),
    "norms": lambda present: charts.norm_bands(norms(), present=present),
    "dots": lambda present: charts.accuracy_dots(accuracies(), present=present),
    "statistics": lambda present: charts.statistics_dots(accuracies(), present=present),
    "time": lambda present: charts.run_bars(accuracies(), "seconds", "Seconds", present=present),
    "training error": lambda present: charts.training_error_bands(with_variants(epochs(6)), present=present),
    "lead": lambda present: charts.lead_bars(with_variants(epochs(6)), present=present),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_valid_small_and_readable_from_afar(name):
    desk, classroom = (spec(CHARTS[name](present)) for present in (False, True))
    assert sum(len(rows) for rows in desk["datasets"].values()) < 5000
    assert min(font_sizes(classroom)) >= 20
    assert faded(desk) == []
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
             charts.statistics_dots, charts.training_error_bands, charts.lead_bars,
             lambda frame: charts.run_bars(frame, "seconds", "")],
)  # fmt: skip
def test_nothing_makes_an_empty_chart(make):
    assert make(pd.DataFrame(columns=["variant", "run", "epoch", "step", "loss"])).to_dict()


def test_a_mark_stands_on_the_line_of_its_variant():
    first, second = marked(variant=["variant 1"] * 3, epoch=[9, 4, 9], text="over-fits")
    line = with_variants(epochs(6)).query("variant == 'variant 1'").groupby("epoch")["validation_loss"].mean()
    assert (first["epoch"], first["label"], second["epoch"], second["label"]) == (4, "over-fits ▾", 9, "▾")
    assert (first["value"], second["value"]) == pytest.approx((line[4], line[9]))
    assert marked(variant=[], epoch=[], text=[]) == []


def test_a_mark_where_a_line_has_ended_stands_where_it_was_last_seen():
    frame = with_variants(steps(1, 5))
    frame.loc[frame["step"] >= 3, "loss"] = np.nan
    marks = pd.DataFrame({"variant": ["variant 0"], "step": [3], "text": ["diverges"]})
    rows = spec(charts.step_bands(frame, marks=marks))["datasets"].values()
    (word,) = next(table for table in rows if "label" in table[0])
    assert word["step"] == 3
    assert word["value"] > 0


def test_the_leader_is_who_has_the_best_mean_over_seeds():
    accuracy = {"a": ([0.5, 0.7], [0.9, 0.9]), "b": ([0.6, 0.7], [0.6, 0.9])}
    rows = [(v, f"x-{v}{s}", epoch + 1, of_epoch[s]) for v, of_variant in accuracy.items()
            for epoch, of_epoch in enumerate(of_variant) for s in (0, 1)]  # fmt: skip
    table = leads(pd.DataFrame(rows, columns=["variant", "run", "epoch", "validation_accuracy"]))
    assert table[["epoch", "variant", "second"]].values.tolist() == [[1, "b", "a"], [2, "a", "b"]]
    assert table["lead"].tolist() == pytest.approx([5, 15])


def test_the_threshold_of_dead_units_is_drawn():
    frame = pd.DataFrame({"run": "a · 0001", "layer": ["act1", "act2"], "place": [1, 2], "share": [0.1, 0.5]})
    for present in (False, True):
        text = json.dumps(spec(charts.dead_profile(frame, 0.25, present)))
        assert '"percent": 25.0' in text
        assert '"percent": 50.0' in text
    assert charts.dead_profile(frame[:0], 0.25).to_dict()
