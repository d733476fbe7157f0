"""How runs learn: loss and accuracy over epochs and steps, all runs on the same axes."""

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.downsample import downsample
from explorer.charts.formatting import number
from explorer.charts.hover import reading_rule
from explorer.charts.layered import layered, over_axis, value_axis
from explorer.charts.measure import ACCURACY, LOSS, Measure
from explorer.charts.palette import NEUTRAL, run_scale, sort_runs
from explorer.charts.sizes import MAX_ROWS, chart_sizes, empty, line_legend

VALIDATION, TRAINING, STEPS = "validation", "training", "training, each step"
Styles = dict[str, tuple[float, float]]  # split → (opacity, stroke width)
DIVERGED = "✕ diverged"
BEHIND = 0.5  # opacity of a line behind a smoothed one; other lines are opaque, or they would fade in the dark
SMOOTHING_STEPS = 20  # span of the exponential moving average in front of the raw loss
HOVER_STEPS = 200  # places along a live chart where the rule stops
HOVER_EPOCHS = 400  # the same, for a chart over epochs


def loss_curves(frame: pd.DataFrame, log: bool = False, present: bool = False) -> alt.Chart:
    """Loss over epochs: validation bold with points, training thin, a rule that reads all runs at once.

    `frame`: columns run, epoch, train_loss, validation_loss. If a loss is not finite the line ends in "✕ diverged". On
    a log axis a loss of zero is drawn at the smallest loss above zero.
    """
    return _epoch_curves(frame, LOSS, log, present)


def accuracy_curves(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Accuracy in per cent over epochs, drawn like `loss_curves`.

    frame: columns run, epoch, train_accuracy, validation_accuracy (fractions in [0, 1]).
    """
    return _epoch_curves(frame, ACCURACY, False, present)


def live_curves(
    steps_frame: pd.DataFrame, epochs_frame: pd.DataFrame, log: bool = False, present: bool = False
) -> alt.Chart:
    """The loss during training: every step pale, smoothed in front, validation at the end of its epoch.

    `steps_frame`: columns run, step, epoch, loss, in the order of training. `epochs_frame`: run, epoch,
    validation_loss. The specification depends only on the runs, not on the numbers: while a run continues, streamlit
    replaces the rows of the existing chart instead of building a new one.
    """
    if steps_frame.empty:
        return empty(present)
    steps = steps_frame[["run", "step", "epoch"]].assign(value=_finite(steps_frame["loss"]))
    steps["smooth"] = steps.groupby("run", sort=False)["value"].transform(_smoothed)
    validation = _at_last_step(steps, epochs_frame)
    reading = _reading_of_steps(steps, validation)
    validation = downsample(validation, "run", "value", MAX_ROWS // 3)
    few = downsample(steps, "run", "value", (MAX_ROWS - len(validation)) // 2)
    splits = (
        few[["run", "step", "value"]].assign(split=STEPS),
        few[["run", "step"]].assign(value=few["smooth"], split=TRAINING),
        validation[["run", "step", "value"]].assign(split=VALIDATION),
    )
    stroke = chart_sizes(present).stroke
    styles = {VALIDATION: (1.0, stroke), TRAINING: (1.0, stroke * 0.6), STEPS: (BEHIND, stroke * 0.4)}
    return _chart(pd.concat(splits, ignore_index=True), reading, LOSS.title, log, styles, present)


def _epoch_curves(frame: pd.DataFrame, measure: Measure, log: bool, present: bool) -> alt.Chart:
    if frame.empty:
        return empty(present)
    splits = (
        frame[["run", "epoch"]].assign(split=split, value=_finite(frame[f"{column}_{measure.name}"]) * measure.factor)
        for split, column in ((TRAINING, "train"), (VALIDATION, "validation"))
    )
    table = downsample(pd.concat(splits, ignore_index=True), ["run", "split"], "value", MAX_ROWS - HOVER_EPOCHS)
    stroke = chart_sizes(present).stroke
    styles = {VALIDATION: (1.0, stroke), TRAINING: (1.0, stroke * 0.5)}
    return _chart(table, _reading_of_epochs(frame, measure), measure.title, log, styles, present)


def _chart(
    table: pd.DataFrame, reading: pd.DataFrame, title: str, log: bool, styles: Styles, present: bool
) -> alt.Chart:
    """A line for each run and split of the table, points on the validation, a word where a run diverges, and a rule
    that shows the row of `reading` nearest to the pointer.

    `table`: columns run, epoch or step, split, value. `reading`: its first column is the same epoch or step. Dashes
    belong to runs, so splits differ in weight. A click on a run in the legend dims the others.
    """
    if log:
        table["value"] = table["value"].clip(lower=table["value"].where(table["value"] > 0).min())
    size, over = chart_sizes(present), reading.columns[0]
    colour, dash = run_scale(table["run"].unique(), present)
    opacity, width = _weights(styles, present)
    x = over_axis(over, present)
    lines = {
        "params": [{"name": "highlight", "select": {"type": "point", "fields": ["run"]}, "bind": "legend"}],
        "mark": {"type": "line", "strokeJoin": "round"},
        "encoding": {"strokeDash": dash, "strokeWidth": width, "opacity": opacity, "detail": {"field": "split"}},
    }
    points = {
        # One epoch makes no line: then training has points too.
        "transform": [{"filter": f"datum.split == '{VALIDATION}' || {int(table[over].nunique() == 1)}"}],
        # Empty before the first epoch has ended: Vega would treat that as an image, without a text alternative.
        "mark": {"type": "point", "filled": True, "size": size.point, "aria": over != "step"},
        "encoding": {"opacity": opacity},
    }
    word = {"type": "text", "text": DIVERGED, "fontSize": size.font, "fontWeight": "bold", "dy": -size.font}
    curves = {
        "encoding": {"x": x, "y": value_axis("value", title, log), "color": colour},
        "layer": [lines, points, alt.Chart(_divergences(table, over), mark=word)],
    }
    rule = reading_rule(reading, x, sort_runs(reading.columns.drop(x["field"])))
    return layered([curves, rule], present, data=table)


def _weights(styles: Styles, present: bool) -> tuple[dict, dict]:
    """The opacity and stroke width of column `split`, with one legend above the chart."""
    legend = line_legend(list(styles), present, "top", symbolStrokeColor=NEUTRAL)
    opacity, width = (
        {
            "field": "split",
            "type": "ordinal",
            "scale": {"type": "ordinal", "domain": list(styles), "range": list(values)},
            "legend": legend,
        }
        for values in zip(*styles.values(), strict=True)
    )
    return {"condition": {"param": "highlight", **opacity}, "value": 0.08}, width


def _finite(column: pd.Series) -> pd.Series:
    values = column.astype(float)
    return values.where(np.isfinite(values))


def _divergences(table: pd.DataFrame, over: str) -> pd.DataFrame:
    """Columns run, `over`, value: from where on each run has no number, at the height of its last one."""
    found = []
    for run, rows in table.groupby("run"):
        last = rows.loc[rows["value"].notna(), over].max()  # a run that went on with numbers has a gap, and recovered
        lost = rows.loc[rows["value"].isna() & ~(rows[over] <= last), over].min()
        if pd.notna(lost):
            before = rows[rows[over] < lost].dropna()
            found.append((run, lost, before["value"].iloc[-1] if len(before) else table["value"].max()))
    ends = pd.DataFrame(found, columns=["run", over, "value"])
    return ends.fillna({"value": 1.0})  # no run has any number: the height means nothing


def _reading_of_epochs(frame: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """One row per epoch, or at most HOVER_EPOCHS rows, one column per run, for the tooltip: "0.213 (training
    0.197)"."""
    epochs = np.sort(frame["epoch"].unique())
    places = np.unique(np.linspace(0, len(epochs) - 1, min(len(epochs), HOVER_EPOCHS)).round().astype(int))
    frame = frame[frame["epoch"].isin(epochs[places])]
    finite = [_finite(frame[f"{column}_{measure.name}"]) for column in ("validation", "train")]
    texts = [
        f"{measure.written(v)} (training {measure.written(t)})" if np.isfinite([v, t]).any() else "not finite"
        for v, t in zip(*finite, strict=True)
    ]
    wide = frame[["run", "epoch"]].assign(text=texts).pivot(index="epoch", columns="run", values="text")
    return wide.fillna("").reset_index()


def _smoothed(values: pd.Series) -> pd.Series:
    return values.ewm(span=SMOOTHING_STEPS).mean().where(values.notna())


def _at_last_step(steps: pd.DataFrame, epochs_frame: pd.DataFrame) -> pd.DataFrame:
    """Columns run, epoch, step, value: the validation loss at the last recorded step of its epoch."""
    last = steps.loc[_ends(steps), ["run", "epoch", "step"]]
    found = epochs_frame[["run", "epoch"]].assign(value=_finite(epochs_frame["validation_loss"]))
    return found.merge(last, on=["run", "epoch"])


def _ends(steps: pd.DataFrame) -> pd.Series:
    """Whether a row is the last one of its run's epoch; bool, one row per step."""
    following = steps[["run", "epoch"]].shift(-1)
    return (steps["epoch"] != following["epoch"]) | (steps["run"] != following["run"])


def _reading_of_steps(steps: pd.DataFrame, validation: pd.DataFrame) -> pd.DataFrame:
    """At most 200 rows along the steps, one column per run: smoothed training loss and the last validation loss."""
    places = np.unique(np.linspace(steps["step"].min(), steps["step"].max(), HOVER_STEPS).round())
    reading = pd.DataFrame({"step": places.astype(int)})
    for run, rows in steps.groupby("run"):
        index = np.searchsorted(rows["step"].to_numpy(), places, side="right") - 1
        ends = validation[validation["run"] == run]
        past = np.searchsorted(ends["step"].to_numpy(), places, side="right") - 1
        smooth, values = rows["smooth"].to_numpy(), ends["value"].to_numpy()
        reading[run] = [
            f"{number(smooth[i])} smoothed" + (f", validation {number(values[j])}" if j >= 0 else "") if i >= 0 else ""
            for i, j in zip(index, past, strict=True)
        ]
    return reading
