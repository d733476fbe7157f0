"""Charts of a model's mistakes: the confusion matrix, and whether its confidence is calibrated."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.formatting import percent
from explorer.charts.palette import NEUTRAL, SEQUENTIAL, run_scale
from explorer.charts.sizes import MAX_ROWS, chart_sizes, empty, finish, whole_numbers
from explorer.insights.statistics import wilson

FEW = 10  # images: a bin with fewer is not joined to others
CELL = "cell"  # the selection made by a click; its fields are true_class and predicted_class, indices
NUMBERS_UP_TO = 16  # classes: in smaller cells a number could not be read
ROOM = {False: 26, True: 40}  # pixels of a cell with a number, for the desk and the classroom
TALLEST = {False: 760, True: 480}  # pixels of a matrix without numbers
# Viridis without its darkest quarter, which would be invisible on a dark page.
COLOURS = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in SEQUENTIAL[64::16]]


def confusion_heat(
    confusion: np.ndarray,
    classes: Sequence[str],
    normalised: bool = False,
    present: bool = False,
    most: float | None = None,
) -> alt.Chart:
    """A confusion matrix, for two classes or for hundreds; empty cells stay empty.

    `confusion`: whole numbers (classes, classes), rows are true classes. `normalised`: each row in per cent of its
    images. Correct predictions are grey and outside the colour scale, or a good model's mistakes would all look the
    same. A click selects `CELL`. `most`: the end of the colour scale, for matrices that share one; by default the
    largest mistake.
    """
    table, drawn = _cells(confusion, classes, normalised)
    if table.empty:
        return empty(present)
    numbers, side = len(classes) <= NUMBERS_UP_TO, _side(len(classes), present)
    if most is None:
        most = float(table.loc[~table["right"], "shown"].max()) if (~table["right"]).any() else 1.0
    unit = "Share of the true class (%)" if normalised else "Misclassified images"
    marks = {} if normalised else whole_numbers(0, most)
    colour = alt.Color(
        "shown:Q",
        scale=alt.Scale(domain=[0, most], range=COLOURS),
        legend=alt.Legend(title=unit, orient="bottom", direction="horizontal", gradientLength=200, **marks),
    )
    base = alt.Chart(table).encode(x=_axis(alt.X, "predicted", classes), y=_axis(alt.Y, "true", classes))
    cells = base.mark_rect(cursor="pointer").encode(
        color=alt.condition("datum.right", alt.value(NEUTRAL), colour),
        tooltip=[
            alt.Tooltip("true:N", title="True class"),
            alt.Tooltip("predicted:N", title="Predicted"),
            alt.Tooltip("count:Q", title="Images"),
            alt.Tooltip("share:N", title="Share of the true class"),
        ],
    ).add_params(
        alt.selection_point(
            name=CELL, fields=["true_class", "predicted_class"], on="click", clear=False, toggle="false"
        )
    )  # fmt: skip
    left_out = "" if drawn else f"The {MAX_ROWS:,} fullest of {np.count_nonzero(confusion):,} cells."
    if not numbers:
        return finish(cells, present, height=side, title=left_out)
    bright = alt.condition(f"!datum.right && datum.shown > {0.5 * most}", alt.value("#111"), alt.value("white"))
    text = base.mark_text(fontSize=chart_sizes(present).font, baseline="middle").encode(text="text:N", color=bright)
    return finish(cells + text, present, height=side)


def _cells(confusion: np.ndarray, classes: Sequence[str], normalised: bool) -> tuple[pd.DataFrame, bool]:
    """One row per cell that is not empty, and whether all of them are included."""
    true, predicted = np.nonzero(confusion)
    if len(true) > MAX_ROWS:
        order = np.argsort(-confusion[true, predicted], kind="stable")[:MAX_ROWS]
        true, predicted = true[order], predicted[order]
    counts, of = confusion[true, predicted], confusion.sum(axis=1)[true]
    share = counts / of
    names = np.asarray(classes, dtype=object)
    table = pd.DataFrame(
        {
            "true_class": true,
            "predicted_class": predicted,
            "true": names[true],
            "predicted": names[predicted],
            "count": counts,
            "share": [percent(value) for value in share],
            "shown": 100 * share if normalised else counts,
            "right": true == predicted,
            "text": [f"{100 * value:.0f}" for value in share] if normalised else counts.astype(str),
        }
    )
    return table, len(true) == np.count_nonzero(confusion)


def _side(classes: int, present: bool) -> float:
    """Height of a matrix in pixels: room for the number in each cell, or cells of a few pixels."""
    if classes <= NUMBERS_UP_TO:
        return max(4, classes) * ROOM[present]
    return min(TALLEST[present], ROOM[present] * NUMBERS_UP_TO + 4 * classes)


def _axis(channel: type[alt.X | alt.Y], field: str, classes: Sequence[str]) -> alt.X | alt.Y:
    """All classes in order, including those without a cell; a grid between them, as if all cells were drawn."""
    axis = alt.Axis(
        grid=len(classes) <= NUMBERS_UP_TO,
        tickBand="extent",
        ticks=False,
        labelOverlap=len(classes) > NUMBERS_UP_TO,
        labelLimit=120,
        labelAngle=0 if channel is alt.Y or max(map(len, classes)) <= 2 else -45,
    )
    title = "True class" if field == "true" else "Predicted class"
    return channel(f"{field}:N", title=title, scale=alt.Scale(domain=list(classes)), sort=None, axis=axis)


def reliability(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Accuracy against confidence, the reliability diagram; a larger point means more images.

    `frame`: columns run, low, high, count, confidence, accuracy (0 to 1), one row per bin of confidence; empty bins are
    left out. On the dashed line confidence equals accuracy; below it, the run is overconfident. Each point has the 95 %
    interval of its accuracy. A line joins neighbouring bins of FEW images or more; a smaller bin is a hollow point by
    itself, since its place is mostly chance.
    """
    frame = frame.reset_index(drop=True)
    rows = frame[frame["count"] > 0]
    if rows.empty:
        return empty(present)
    size, (colour, dash) = chart_sizes(present), run_scale(rows["run"], present)
    right = [round(share * count) for share, count in zip(rows["accuracy"], rows["count"], strict=True)]
    intervals = [wilson(many, count) for many, count in zip(right, rows["count"], strict=True)]
    labelled = rows.assign(
        sure=rows["confidence"] * 100,
        right=rows["accuracy"] * 100,
        least=[100 * low for low, _ in intervals],
        most=[100 * high for _, high in intervals],
        many=rows["count"] >= FEW,
        part=_joined(frame)[rows.index],
        images=[f"{count:,}" for count in rows["count"]],
        bin=[f"{percent(low)} to {percent(high)}" for low, high in zip(rows["low"], rows["high"], strict=True)],
        interval=[f"{percent(low)} to {percent(high)}" for low, high in intervals],
    )
    x = alt.X("sure:Q", title="Mean probability of the predicted class (%)", scale=alt.Scale(domain=[0, 100]))
    y = alt.Y("right:Q", title="Accuracy (%)", scale=alt.Scale(domain=[0, 100]))
    base = alt.Chart(labelled).encode(x=x, y=y, color=colour)
    many, few = base.transform_filter("datum.many"), base.transform_filter("!datum.many")
    lines = many.mark_line(strokeWidth=size.stroke).encode(strokeDash=dash, detail="part:N")
    bars = base.mark_rule(strokeWidth=size.stroke / 2, opacity=0.6).encode(y=alt.Y("least:Q"), y2="most:Q")
    of_bin = {
        "size": alt.Size("count:Q", scale=alt.Scale(range=[size.point, 12 * size.point]), legend=None),
        "tooltip": [
            "run:N",
            alt.Tooltip("bin:N", title="Probability"),
            alt.Tooltip("images:N", title="Images"),
            alt.Tooltip("sure:Q", title="Mean probability (%)", format=".1f"),
            alt.Tooltip("right:Q", title="Accuracy (%)", format=".1f"),
            alt.Tooltip("interval:N", title="95 % interval"),
        ],
    }
    points = many.mark_circle(opacity=0.8).encode(**of_bin) + few.mark_point(opacity=0.8).encode(**of_bin)
    ideal = alt.Chart(pd.DataFrame({"sure": [0, 100], "right": [0, 100]}))
    diagonal = ideal.mark_line(color=NEUTRAL, strokeDash=[6, 4], strokeWidth=size.stroke / 2).encode(x=x, y=y)
    return finish(diagonal + bars + lines + points, present)


def _joined(frame: pd.DataFrame) -> pd.Series:
    """The stretch of a line that each bin belongs to: a new one begins after every bin of fewer than FEW images."""
    return (frame["count"] < FEW).groupby(frame["run"]).cumsum()
