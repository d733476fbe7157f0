"""How the variants of a study learn: a line for the mean of a variant's seeds, in a band from lowest to highest.

Frames have a row for each variant, run and epoch (or step). A variant has the colour of its first run.
"""

from collections.abc import Callable

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.curves import BEHIND, SMOOTHING_STEPS
from explorer.charts.downsample import downsample
from explorer.charts.formatting import number
from explorer.charts.hover import reading_rule
from explorer.charts.layered import layered, over_axis, value_axis
from explorer.charts.measure import ACCURACY, ERROR, LOSS, MEASURES, Measure
from explorer.charts.palette import colour, dash_at, sort_runs
from explorer.charts.sizes import MAX_ROWS, chart_sizes, empty, line_legend

HOVER_STEPS = 200
Layer = tuple[pd.DataFrame, dict]  # a table, and how it is drawn
MEAN_NORM = "Mean L2 norm of the gradient"


def loss_bands(
    frame: pd.DataFrame,
    log: bool = False,
    marks: pd.DataFrame | None = None,
    front: str = "validation",
    present: bool = False,
) -> alt.Chart:
    """Loss over epochs: that of `front` ("validation" or "train") bold in its band, the other thin.

    `frame`: columns variant, run, epoch, train_loss, validation_loss. `marks`: the texts and their places, columns
    variant, epoch, text; the word once for each variant, a ▾ at every epoch.
    """
    return _epochs(frame, LOSS, log, present, marks, front)


def accuracy_bands(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Accuracy in per cent over epochs, drawn like `loss_bands`; columns train_accuracy and validation_accuracy."""
    return _epochs(frame, ACCURACY, False, present)


def training_error_bands(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """The error in per cent on the training images over epochs, bold in its band, and on the validation images thin.

    `frame`: columns variant, run, epoch, train_accuracy, validation_accuracy (fractions). He et al. 2015, figures 1 and
    6: a deeper plain network that is worse on its training images does not over-fit, it is harder to train.
    """
    errors = {f"{split}_error": 1 - frame.get(f"{split}_accuracy", 0.0) for split in ("train", "validation")}
    return _epochs(frame.assign(**errors), ERROR, False, present, front="train")


def step_bands(
    frame: pd.DataFrame,
    measure: str = "loss",
    log: bool = False,
    marks: pd.DataFrame | None = None,
    present: bool = False,
) -> alt.Chart:
    """The training loss (or accuracy) of every step: each run pale, and in front the mean of a variant, smoothed.

    `frame`: columns variant, run, step and `measure` (loss in nats, accuracy as a fraction). `marks`: as in
    `loss_bands`, with a column step.
    """
    if frame.empty:
        return empty(present)
    shown = MEASURES[measure]
    rows = frame[["variant", "run", "step"]].assign(value=_finite(frame[measure]) * shown.factor)
    mean = rows.groupby(["variant", "step"], sort=False, as_index=False)["value"].mean()
    smooth = mean.groupby("variant", sort=False)["value"].transform(_smoothed)
    mean = mean.assign(value=smooth.where(mean["value"].notna()))
    budget = MAX_ROWS - HOVER_STEPS
    raw = downsample(rows, "run", "value", budget * 2 // 3)
    front = downsample(mean, "variant", "value", budget // 3)
    stroke = chart_sizes(present).stroke
    pale = {"mark": {"type": "line", "strokeWidth": stroke * 0.4, "opacity": BEHIND}, "detail": {"field": "run"}}
    bold = {"mark": {"type": "line", "strokeWidth": stroke}}
    reading = _reading(mean, "step", lambda v, _: shown.written(v / shown.factor))
    layers = [(raw, pale), (front, bold), *_marked(marks, mean, "step", present)]
    return _chart(layers, reading, frame, shown.title, log, present)


def norm_bands(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """The mean gradient norm of each epoch on a log scale; `frame`: columns variant, run, epoch, norm."""
    if frame.empty:
        return empty(present)
    norms = _finite(frame["norm"])
    table = _spread(frame.assign(value=norms.where(norms > 0)))
    size = chart_sizes(present)
    layers = [
        (table, {"mark": {"type": "area", "opacity": 0.18}, "y": "low", "y2": "high"}),
        (table, {"mark": {"type": "line", "strokeWidth": size.stroke}}),
        (table, {"mark": {"type": "point", "filled": True, "size": size.point, "opacity": 1}}),
    ]
    reading = _reading(table, "epoch", lambda value, _: number(value))
    return _chart(layers, reading, frame, MEAN_NORM, True, present)


def _epochs(
    frame: pd.DataFrame,
    measure: Measure,
    log: bool,
    present: bool,
    marks: pd.DataFrame | None = None,
    front: str = "validation",
) -> alt.Chart:
    """`front`: the split that is drawn bold in its band; the other is thin."""
    if frame.empty:
        return empty(present)
    factor, written = measure.factor, measure.written
    behind = "train" if front == "validation" else "validation"
    bold, thin = (
        _spread(frame.assign(value=_finite(frame[f"{split}_{measure.name}"]) * factor)) for split in (front, behind)
    )
    size = chart_sizes(present)
    layers = [
        (bold, {"mark": {"type": "area", "opacity": 0.18}, "y": "low", "y2": "high"}),
        (thin, {"mark": {"type": "line", "strokeWidth": size.stroke * 0.5}}),
        (bold, {"mark": {"type": "line", "strokeWidth": size.stroke}}),
        (bold, {"mark": {"type": "point", "filled": True, "size": size.point, "opacity": 1}}),
        *_marked(marks, bold, "epoch", present),
    ]

    def labels(value: float, row: pd.Series) -> str:
        if row["runs"] == 1:
            return written(value / factor)
        return f"{written(value / factor)} ({written(row['low'] / factor)} to {written(row['high'] / factor)})"

    reading = _reading(bold, "epoch", labels)
    return _chart(layers, reading, frame, measure.title, log, present)


def _spread(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns variant, epoch, value (the mean over seeds), low, high, runs; NaN if a run had no number."""
    groups = frame.groupby(["variant", "epoch"], sort=False)["value"]
    table = groups.agg(value=lambda v: v.mean(skipna=False), low="min", high="max", runs="size").reset_index()
    return downsample(table, "variant", "value", MAX_ROWS // 4)


def _marked(marks: pd.DataFrame | None, table: pd.DataFrame, over: str, present: bool) -> list[Layer]:
    """A layer with each mark on the line of its variant, or where that was last seen; empty if there are no marks.

    Its columns are variant, `over`, value, label ("▾" and, at the first place of a word on a line, the word) and late
    (whether it is at the right edge).
    """
    if marks is None or marks.empty:
        return []
    rows = []
    for (variant, text), places in marks.drop_duplicates().groupby(["variant", "text"], sort=False):
        line = table[(table["variant"] == variant) & table["value"].notna()]
        for over_value in sorted(places[over]):
            until = line.loc[line[over] <= over_value, "value"]
            value = until.iloc[-1] if len(until) else table["value"].max()
            rows.append((variant, over_value, value, f"{text} ▾" if over_value == places[over].min() else "▾"))
    drawn = pd.DataFrame(rows, columns=["variant", over, "value", "label"])
    drawn["late"] = drawn[over] > table[over].min() + 0.2 * (table[over].max() - table[over].min())
    return [(drawn, {"mark": _word(chart_sizes(present).font)})]


def _chart(
    layers: list[Layer], reading: pd.DataFrame, frame: pd.DataFrame, title: str, log: bool, present: bool
) -> alt.Chart:
    """The layers, a rule that reads all variants at once, and one legend below.

    `reading`: its first column is the epoch or the step, the x axis of the chart.
    """
    scale, over = variant_scale(frame, present), reading.columns[0]
    floor = min((rows["value"][rows["value"] > 0].min() for rows, _ in layers), default=1.0)
    x = over_axis(over, present)
    drawn = []
    for rows, layer in layers:
        if log:
            numbers = rows.select_dtypes("float").columns
            rows = rows.assign(**{name: rows[name].clip(lower=floor) for name in numbers})
        encoding = {"x": x, "y": value_axis(layer.get("y", "value"), title, log), "color": scale["color"]}
        if "y2" in layer:
            encoding["y2"] = {"field": layer["y2"]}
        if layer["mark"]["type"] == "line" and "detail" not in layer:  # dashes on noise cannot be recognised
            encoding["strokeDash"] = scale["strokeDash"]
        if "detail" in layer:
            encoding["detail"] = layer["detail"]
        if layer["mark"]["type"] == "text":
            encoding["text"] = {"field": "label", "type": "nominal"}
        drawn.append(alt.Chart(rows, mark={"strokeJoin": "round", **layer["mark"]}, encoding=encoding))
    return layered([*drawn, reading_rule(reading, x, list(reading.columns.drop(x["field"])))], present)


def _word(font: int) -> dict:
    """A word that ends at its ▾ above the line, or begins there at the left edge, which leaves no room for it."""
    align = {"expr": "datum.late ? 'right' : 'left'"}
    return {"type": "text", "dy": -0.8 * font, "align": align, "fontSize": font, "fontWeight": "bold"}


def _reading(table: pd.DataFrame, over: str, labels: Callable[[float, pd.Series], str]) -> pd.DataFrame:
    """At most 200 rows of `over`, one column per variant: the text under the pointer."""
    places = np.sort(table[over].unique())
    places = places[np.unique(np.linspace(0, len(places) - 1, min(len(places), HOVER_STEPS)).round().astype(int))]
    reading = pd.DataFrame({over: places})
    for variant, rows in table.groupby("variant", sort=False):
        by_value = rows.set_index(over).reindex(places)
        values = zip(by_value["value"], by_value.iterrows(), strict=True)
        reading[variant] = ["" if np.isnan(v) else labels(v, row) for v, (_, row) in values]
    return reading


def variant_colours(frame: pd.DataFrame) -> tuple[list[str], list[str], list[list[int]]]:
    """(variants in the order of the frame, their colours, their dashes): the colour of a variant's first run, and a
    dash by its place, since the first runs of two variants may have the same one."""
    firsts = {variant: sort_runs(rows)[0] for variant, rows in frame.groupby("variant", sort=False)["run"]}
    dashes = [dash_at(place) for place in range(len(firsts))]
    return list(firsts), [colour(run) for run in firsts.values()], dashes


def variant_scale(frame: pd.DataFrame, present: bool, field: str = "variant") -> dict:
    """Colour and dash of the lines, with one legend below. `field`: the column that names the line of a row."""
    variants, colours, dashes = variant_colours(frame.rename(columns={field: "variant"}))
    legend = line_legend(variants, present, "bottom", symbolOpacity=1)
    thicker = chart_sizes(present).stroke / chart_sizes(False).stroke
    ranges = {"color": colours, "strokeDash": [[thicker * pixels for pixels in dash] for dash in dashes]}
    return {
        channel: {"field": field, "type": "nominal", "scale": {"domain": variants, "range": values}, "legend": legend}
        for channel, values in ranges.items()
    }


def _smoothed(values: pd.Series) -> pd.Series:
    """An exponential moving average, short enough not to lag far behind in a run of few steps."""
    return values.ewm(span=min(SMOOTHING_STEPS, max(3, len(values) // 20))).mean()


def _finite(column: pd.Series) -> pd.Series:
    values = column.astype(float)
    return values.where(np.isfinite(values))
