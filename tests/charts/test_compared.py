"""Compared curves: valid, small, readable by hover, marked, in the colours of their runs, and never pressed flat."""

import json

import numpy as np
import pandas as pd
import pytest

from explorer.charts.compared import EXPLODED, PLACES, Axes, compared_curves
from explorer.charts.palette import colour
from explorer.charts.titled import drawn_fields, with_titles
from explorer.insights.learning_curves import (
    BEST,
    DIVERGED,
    EPOCHS,
    OVERFITS,
    SECONDS,
    SPIKE,
    STEPS,
    TRAINING,
    VALIDATION,
    over_epochs,
    over_seconds,
    over_steps,
    pooled,
    smoothed,
)

from .frames import epochs, font_sizes, run_ids, steps

MARKS = (BEST, OVERFITS, SPIKE, DIVERGED)


def drawn(runs=3, count=25, groups=None, weight=0.0, frame=None, marks=None, present=False, **axes) -> dict:
    """The specification of a chart of made-up runs, validated."""
    axes = Axes(is_smoothed=weight > 0, **axes)
    frame = epochs(runs, count).assign(seconds=1.5) if frame is None else frame
    if axes.over == STEPS:
        points = over_steps(frame, steps(runs, count * 100).assign(accuracy=0.5), axes.measure)
    else:
        points = {EPOCHS: over_epochs, SECONDS: over_seconds}[axes.over](frame, axes.measure)
    group_of = groups or {run: run for run in run_ids(runs)}
    curves = pooled(points.assign(smooth=smoothed(points, weight)), group_of)
    marks = mark() if marks is None else marks
    return compared_curves(curves, marks, group_of, axes, present).to_dict()


def mark(*kinds: str, run=None, value=1.0) -> pd.DataFrame:
    rows = [(run or run_ids(1)[0], kind, 5.0, value, f"here {kind}") for kind in kinds]
    return pd.DataFrame(rows, columns=["run", "mark", "x", "value", "note"])


def everywhere(value, key: str) -> list:
    """All values under a key of a nested specification."""
    if isinstance(value, dict):
        return [v for k, v in value.items() if k == key] + [n for v in value.values() for n in everywhere(v, key)]
    return [n for v in value for n in everywhere(v, key)] if isinstance(value, list) else []


def reading(spec: dict) -> pd.DataFrame:
    return next(pd.DataFrame(rows) for rows in spec["datasets"].values() if "line0" in rows[0])


GROUPS = {run: f"group {place % 4}" for place, run in enumerate(run_ids(12))}


@pytest.mark.parametrize("over", [EPOCHS, STEPS, SECONDS])
@pytest.mark.parametrize("measure", ["loss", "accuracy"])
@pytest.mark.parametrize("present", [False, True])
def test_every_kind_is_valid_small_and_legible(over, measure, present):
    spec = drawn(12, groups=GROUPS, weight=0.6, over=over, measure=measure, marks=mark(*MARKS), present=present,
                 log=measure == "loss", log_x=True)  # fmt: skip
    assert sum(map(len, spec["datasets"].values())) < 5000
    assert min(font_sizes(spec)) >= (20 if present else 13)
    assert json.dumps(spec, allow_nan=False)
    assert "Loss (cross-entropy, nats per image)" in json.dumps(spec) or measure == "accuracy"
    assert {EPOCHS: "Epoch", STEPS: "Step", SECONDS: "Training time (s)"}[over] in everywhere(spec, "title")


@pytest.mark.parametrize(("over", "title"), [(EPOCHS, "Epoch"), (STEPS, "Step"), (SECONDS, "Training time (s)")])
def test_its_table_has_the_titles_of_its_axes(over, title):
    """And a column that only decides where a point is drawn is none that is drawn."""
    spec = drawn(over=over)
    frames = {name: pd.DataFrame(rows) for name, rows in spec["datasets"].items()}
    titled = with_titles({**spec, "datasets": frames})
    columns = list(next(iter(titled["datasets"].values())))
    assert {"series", "split", title, "Loss (cross-entropy, nats per image)"} <= set(columns)
    assert set(columns) - drawn_fields(titled) <= {"point"}


@pytest.mark.parametrize(("runs", "count"), [(1, 1), (1, 25), (2, 2), (30, 25), (30, 400)])
def test_one_run_and_thirty_are_drawn(runs, count):
    spec = drawn(runs, count)
    assert sum(map(len, spec["datasets"].values())) < 5000
    assert len(reading(spec)) == min(count, PLACES)


def test_a_plot_is_lower_where_its_legend_is_long_but_not_on_the_stage():
    heights = [drawn(runs, 5)["height"] for runs in (1, 2, 3, 4, 30)]
    assert heights[0] == heights[1] > heights[2] > heights[3] == heights[4] >= 200
    assert drawn(30, 5, present=True)["height"] == drawn(1, 5, present=True)["height"]


def test_hover_reads_all_runs_at_once():
    spec = drawn(12)
    texts = spec["layer"][-1]["encoding"]["tooltip"]
    assert [text["title"] for text in texts] == ["Epoch", *run_ids(12)]
    row = reading(spec).iloc[6]
    assert all(", training " in row[f"line{i}"] for i in range(12))


def test_hover_reads_what_is_smoothed_and_what_was_measured():
    assert "(raw " in reading(drawn(1, weight=0.9)).iloc[9]["line0"]
    assert "raw" not in reading(drawn(1)).iloc[9]["line0"]


def test_hover_reads_groups_with_their_range_and_number():
    assert " to " in reading(drawn(12, groups=GROUPS)).iloc[3]["line0"]
    assert "3 runs)" in reading(drawn(12, groups=GROUPS)).iloc[3]["line0"]


def test_a_run_is_not_read_behind_its_end():
    frame = epochs(2).assign(seconds=1.0)
    frame = frame[(frame["run"] == run_ids(1)[0]) | (frame["epoch"] <= 3)]
    texts = reading(drawn(2, frame=frame))["line1"]
    assert texts.iloc[2]
    assert not texts.iloc[3:].any()


def test_raw_curves_lie_behind_only_what_is_smoothed():
    def fields(spec):
        return [layer["encoding"]["y"]["field"] for layer in spec["layer"][0]["layer"]]

    assert fields(drawn(2)).count("value") == 0
    assert fields(drawn(2, weight=0.5)).index("value") < fields(drawn(2, weight=0.5)).index("smooth")


def test_only_groups_of_several_runs_have_a_band():
    assert "area" not in everywhere(drawn(4), "type")
    assert "area" in everywhere(drawn(12, groups=GROUPS), "type")


def test_series_have_the_colour_of_their_first_run():
    scales = [scale for scale in everywhere(drawn(12, groups=GROUPS), "scale") if "range" in scale]
    series = next(scale for scale in scales if "group 0" in scale["domain"])
    assert series["domain"] == [f"group {n}" for n in range(4)]
    assert series["range"] == [colour(run) for run in run_ids(4)]


def test_what_is_not_wanted_is_not_drawn():
    spec = drawn(2, splits=(VALIDATION,))
    assert TRAINING not in json.dumps(spec)
    assert drawn(2, splits=())["mark"]["type"] == "text"  # nothing at all is an empty chart


def test_marks_have_a_shape_a_legend_and_a_word_at_the_pointer():
    spec = drawn(2, marks=mark(BEST, SPIKE))
    shape = next(e["shape"] for e in everywhere(spec, "encoding") if "shape" in e)
    assert shape["scale"]["domain"] == [BEST, SPIKE]
    assert len(set(shape["scale"]["range"])) == 2
    assert shape["legend"]["title"] is None
    at_five = reading(spec).set_index("x").loc[5]
    assert "here best epoch" in at_five["line0"]
    assert "here" not in at_five["line1"]
    assert not any("shape" in encoding for encoding in everywhere(drawn(2), "encoding"))


def test_a_run_that_exploded_does_not_press_the_others_to_the_floor():
    frame = epochs(2).assign(seconds=1.0)
    lost = (frame["run"] == run_ids(2)[1]) & (frame["epoch"] > 3)
    frame.loc[lost, "train_loss"] = 1e30
    spec = drawn(2, frame=frame, marks=mark(DIVERGED, run=run_ids(2)[1], value=1e30))
    top = max(everywhere(spec, "domainMax"))
    assert top <= EXPLODED
    placed = next(rows for rows in spec["datasets"].values() if "mark" in rows[0])
    assert placed[0]["value"] == top
    assert "1.00e30" in reading(spec)["line1"].iloc[4]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_a_gap_and_said(bad):
    frame = epochs(2).assign(seconds=1.0)
    frame.loc[(frame["run"] == run_ids(2)[1]) & (frame["epoch"] >= 10), ["train_loss", "validation_loss"]] = bad
    for log in (False, True):
        spec = drawn(2, frame=frame, log=log, weight=0.5)
        assert "null" in json.dumps(spec, allow_nan=False)
        assert reading(spec)["line1"].iloc[12] == "not finite, training not finite"


def test_all_runs_without_a_number_draw_something():
    frame = epochs(2).assign(seconds=1.0, train_loss=np.nan, validation_loss=np.nan)
    assert drawn(2, frame=frame, log=True)


def test_a_log_axis_meets_no_zero():
    spec = drawn(1, frame=epochs(1).assign(seconds=1.0, train_loss=0.0), log=True)
    table = next(rows for rows in spec["datasets"].values() if "smooth" in rows[0])
    assert min(row["smooth"] for row in table) > 0


def test_a_layer_without_points_is_not_drawn():
    """Vega would call it an image, without a text for who cannot see it."""
    group_of = {run: run for run in run_ids(2)}
    points = over_steps(epochs(2), steps(2, 2500).assign(accuracy=0.5), "loss")
    for splits, there in (([TRAINING, VALIDATION], True), ([TRAINING], False)):
        shown = points[points["split"].isin(splits)]
        curves = pooled(shown.assign(smooth=smoothed(shown, 0.0)), group_of)
        chart = compared_curves(curves, mark(), group_of, Axes(over=STEPS), False)
        assert ("datum.point" in json.dumps(chart.to_dict()["layer"])) == there
