"""The curves of several runs, or of groups of them, on shared axes: raw and smoothed, with events marked."""

from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.curves import BEHIND
from explorer.charts.downsample import downsample
from explorer.charts.hover import reading_rule
from explorer.charts.layered import layered, value_axis
from explorer.charts.measure import MEASURES, Measure
from explorer.charts.palette import NEUTRAL, colour, dash, run_number, sort_runs
from explorer.charts.sizes import MAX_ROWS, WHOLE, chart_sizes, empty, line_legend
from explorer.insights.learning_curves import (
    BEST,
    COLLAPSED,
    DIVERGED,
    EPOCHS,
    MARKS,
    OVERFITS,
    SECONDS,
    SPIKE,
    STEPS,
    TRAINING,
    VALIDATION,
)

LOWEST, LEGEND_ROW = 210, 27  # pixels
X_TITLES = {EPOCHS: "Epoch", STEPS: "Step", SECONDS: "Training time (s)"}
POINTED = 60  # up to this many places, a curve shows each as a point
EXPLODED = 20.0  # nats; guessing among a thousand classes costs 7. Larger losses would press all others to the floor
PLACES = 200  # places along the axis where the rule stops
RING = "M-1,0A1,1,0,1,1,1,0A1,1,0,1,1,-1,0ZM-.68,0A.68,.68,0,1,0,.68,0A.68,.68,0,1,0,-.68,0Z"
CROSS = "M-1,-.6L-.6,-1L0,-.4L.6,-1L1,-.6L.4,0L1,.6L.6,1L0,.4L-.6,1L-1,.6L-.4,0Z"
# A mouse moves the axes and the wheel with Ctrl (or two fingers apart) zooms; a single finger still scrolls the page.
MOVE = "[pointerdown[event.pointerType !== 'touch'], window:pointerup] > window:pointermove!"
ZOOM = {
    "name": "zoom",
    "bind": "scales",
    "select": {"type": "interval", "zoom": "wheel![event.ctrlKey]", "translate": MOVE},
}
SHAPES = {BEST: RING, OVERFITS: "triangle-down", SPIKE: "diamond", DIVERGED: CROSS, COLLAPSED: "triangle-up"}


@dataclass(frozen=True)
class Axes:
    """What is drawn, and how: everything that does not come from the runs."""

    measure: str = "loss"  # or "accuracy"
    over: str = EPOCHS  # or STEPS or SECONDS
    log: bool = False  # the loss
    log_x: bool = False
    is_smoothed: bool = False  # then the measured curve is shown pale behind
    splits: tuple[str, ...] = (VALIDATION, TRAINING)
    top: float | None = None  # the end of the axis, for a loss that has exploded; None: all of it is shown

    @property
    def measured(self) -> Measure:
        """The title, the unit and the number format of `measure`."""
        return MEASURES[self.measure]


def compared_curves(
    curves: pd.DataFrame, marks: pd.DataFrame, group_of: dict[str, str], axes: Axes, present: bool = False
) -> alt.Chart:
    """A line for each series and split: validation bold, training thin; a band from the lowest to the highest run if a
    series has several; a rule that reads all series at once. A click on a series in the legend shows only that one,
    another click adds or removes one.

    `curves`: from explorer.insights.learning_curves.pooled. `marks`: from explorer.insights.findings.marks.marks, with
    columns x and value (fractions for accuracies), their places. `group_of`: run → series; a series has the colour and
    dash of its first run.
    """
    curves = curves[curves["split"].isin(axes.splits)]
    if curves.empty:
        return empty(present)
    columns = ["value", "smooth", "low", "high"]
    curves = curves.assign(**{name: curves[name] * axes.measured.factor for name in columns})
    marks = marks.assign(value=marks["value"] * axes.measured.factor, series=marks["run"].map(group_of))
    reading = _reading(curves, marks, axes)
    if axes.measure == "loss" and (curves["smooth"] > EXPLODED).any():
        largest = curves["smooth"].where(curves["smooth"] <= EXPLODED).max()
        axes = replace(axes, top=float(min(EXPLODED, 2 * largest)) if largest > 0 else EXPLODED)
        marks = marks.assign(value=marks["value"].clip(upper=axes.top))
    drawn = downsample(curves, ["series", "split"], "value", MAX_ROWS - PLACES)
    long = drawn.groupby(["series", "split"])["value"].transform("count")
    drawn["point"] = (drawn["split"].eq(VALIDATION) & long.le(POINTED)) | long.eq(1)
    if axes.log:
        positive = drawn[columns].where(drawn[columns] > 0)
        drawn[columns] = drawn[columns].clip(lower=positive.min().min())
        marks = marks.assign(value=marks["value"].clip(lower=positive.min().min()))
    return _layers(drawn, marks, reading, group_of, axes, present)


def _layers(
    drawn: pd.DataFrame, marks: pd.DataFrame, reading: pd.DataFrame, group_of: dict, axes: Axes, present: bool
) -> alt.Chart:
    size, styles = chart_sizes(present), _styles(axes, present)
    scales, x = _series_scales(drawn, group_of, present), _x(axes, present)
    style = {"opacity": styles["opacity"], "strokeWidth": styles["strokeWidth"]}
    dimmed = {"condition": {"param": "highlight", "value": 1}, "value": 0.08}
    split = {"detail": {"field": "split"}}
    layers = []
    if (drawn["runs"] > 1).any():
        band = {"opacity": {"condition": {"param": "highlight", "value": 0.15}, "value": 0.02}}
        area = {"y": _y("low", axes), "y2": {"field": "high"}, **band, **split}
        layers.append({"mark": {"type": "area", "clip": True}, "encoding": area})
    if axes.is_smoothed:
        raw = {"opacity": {"condition": {"param": "highlight", "value": BEHIND}, "value": 0.03}}
        behind = {"type": "line", "clip": True, "strokeWidth": size.stroke * 0.4}
        layers.append({"mark": behind, "encoding": {"y": _y("value", axes), **raw, **split}})
    pick = {"type": "point", "fields": ["series"], "toggle": "true"}
    layers.append(
        {
            "params": [{"name": "highlight", "select": pick, "bind": "legend"}, ZOOM],
            "mark": {"type": "line", "clip": True, "strokeJoin": "round"},
            "encoding": {"y": _y("smooth", axes), "strokeDash": scales["strokeDash"], **style, **split},
        }
    )
    if drawn["point"].any():  # Vega would treat an empty layer as an image, without a text alternative
        layers.append(
            {
                "transform": [{"filter": "datum.point"}],
                "mark": {"type": "point", "clip": True, "filled": True, "size": size.point},
                "encoding": {"y": _y("smooth", axes), "opacity": styles["opacity"]},
            }
        )
    if len(marks):
        layers.append(_mark_layer(marks, dimmed, axes, present))
    curves = {"encoding": {"x": x, "color": scales["color"]}, "layer": layers}
    names = [name for name in scales["color"]["scale"]["domain"] if name in reading]
    rule, data = reading_rule(reading, x, names), drawn.drop(columns=["place", "runs"])
    return layered([curves, rule], present, _height(len(scales["color"]["scale"]["domain"]), present), data=data)


def _height(series: int, present: bool) -> int:
    """Height of the plot in pixels: lower if the legend below may need a row for each of several series, so that both
    end above the fold; but never too low to read the curves. The stage fits itself."""
    height = chart_sizes(present).height
    return height if present or series <= 2 else max(LOWEST, height - LEGEND_ROW * (series - 1))


def _mark_layer(marks: pd.DataFrame, dimmed: dict, axes: Axes, present: bool) -> alt.Chart:
    """A shape for each kind of mark, in the colour of its series and with a thin edge, so that it stands out."""
    size, kinds = chart_sizes(present), [kind for kind in MARKS if kind in set(marks["mark"])]
    legend = {
        "title": None,
        "orient": "top-right" if axes.measure == "loss" else "bottom-right",  # curves are rarely there
        "symbolFillColor": NEUTRAL,
        "symbolSize": size.font**2 * 0.7,
        "symbolStrokeWidth": 0,
    }
    scale = {"domain": kinds, "range": [SHAPES[kind] for kind in kinds]}
    encoding = {
        "y": _y("value", axes),
        "shape": {"field": "mark", "type": "nominal", "scale": scale, "legend": legend},
        "stroke": {"condition": {"test": f"datum.mark === '{BEST}'", "value": "transparent"}, "value": NEUTRAL},
        "opacity": dimmed,
    }
    mark = {"type": "point", "filled": True, "size": size.point * 5, "strokeWidth": size.stroke * 0.4, "clip": True}
    return alt.Chart(marks[["x", "value", "series", "mark"]], mark=mark, encoding=encoding)


def _x(axes: Axes, present: bool) -> dict:
    scale: dict[str, Any] = {"nice": False, "padding": chart_sizes(present).font / 2, "zero": False}
    axis = {} if axes.over == SECONDS else dict(WHOLE)
    if axes.log_x:
        scale |= {"type": "log"}
        axis = {"format": "~g", "tickCount": 6}
    return {"field": "x", "type": "quantitative", "title": X_TITLES[axes.over], "scale": scale, "axis": axis}


def _y(field: str, axes: Axes) -> dict:
    y = value_axis(field, axes.measured.title, axes.log)
    if axes.top is not None:
        y["scale"] |= {"domainMax": axes.top, "nice": False}
    return y


def _styles(axes: Axes, present: bool) -> dict[str, dict]:
    """Opacity and stroke width by split, in one legend above the chart."""
    stroke = chart_sizes(present).stroke
    values = {VALIDATION: (1.0, stroke), TRAINING: (1.0, stroke * 0.5)}
    values = {split: values[split] for split in values if split in axes.splits}
    legend = line_legend(list(values), present, "top", symbolStrokeColor=NEUTRAL)
    opacity, width = (
        {"field": "split", "type": "ordinal", "scale": {"domain": list(values), "range": list(of)}, "legend": legend}
        for of in zip(*values.values(), strict=True)
    )
    return {"opacity": {"condition": {"param": "highlight", **opacity}, "value": 0.08}, "strokeWidth": width}


def _series_scales(drawn: pd.DataFrame, group_of: dict[str, str], present: bool) -> dict[str, dict]:
    """Colour and dash of a series are those of its first run; series in the order of these runs."""
    firsts: dict[str, str] = {}
    for run in sort_runs(group_of):
        firsts.setdefault(group_of[run], run)
    shown = set(drawn["series"])
    names = sorted((name for name in firsts if name in shown), key=lambda name: run_number(firsts[name]))
    legend = line_legend(names, present, "bottom", symbolOpacity=1)
    thicker = chart_sizes(present).stroke / chart_sizes(False).stroke
    dashes = [[thicker * pixels for pixels in dash(firsts[name])] for name in names]
    ranges = {"color": [colour(firsts[name]) for name in names], "strokeDash": dashes}
    return {
        channel: {
            "field": "series",
            "type": "nominal",
            "scale": {"domain": names, "range": values},
            "legend": legend,
        }
        for channel, values in ranges.items()
    }


def _reading(curves: pd.DataFrame, marks: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """At most 200 rows of x, one column per series: its last values there, and the marks since the row before."""
    xs = np.unique(curves["x"])
    places = xs[np.unique(np.linspace(0, len(xs) - 1, min(len(xs), PLACES)).round().astype(int))]
    reading = pd.DataFrame({"x": places})
    for series, rows in curves.groupby("series", sort=False):
        texts = [""] * len(places)
        last = np.searchsorted(places, rows["x"].max(), side="right")
        for split in axes.splits:
            of_split = rows[rows["split"] == split]
            labels = _labels(of_split, split, axes)
            index = np.searchsorted(of_split["x"].to_numpy(), places, side="right") - 1
            for nth in range(last):
                if index[nth] >= 0:
                    texts[nth] += (", " if texts[nth] else "") + labels[index[nth]]
        for x, note in marks.loc[marks["series"] == series, ["x", "note"]].itertuples(index=False):
            nth = min(int(np.searchsorted(places, x)), len(places) - 1)
            texts[nth] += f" · {note}"
        reading[series] = texts
    return reading


def _labels(rows: pd.DataFrame, split: str, axes: Axes) -> list[str]:
    """The text for one series and split at each of its points."""
    name = f"{split} " if split == TRAINING or axes.over == STEPS else ""
    texts = []

    def written(value: float) -> str:
        return axes.measured.written(value / axes.measured.factor)

    for value, smooth, low, high, runs in rows[["value", "smooth", "low", "high", "runs"]].itertuples(index=False):
        if np.isnan(smooth):
            texts.append(f"{name}not finite")
            continue
        text = name + written(smooth)
        if runs > 1:
            text += f" ({written(low)} to {written(high)}, {runs} runs)"
        elif axes.is_smoothed and value != smooth:
            text += f" (raw {written(value)})"
        texts.append(text)
    return texts
