"""One neuron on points in the plane: what separates the classes, the errors of each epoch, the path of the weights."""

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.downsample import downsample
from explorer.charts.palette import NEUTRAL, RUN_COLOURS
from explorer.charts.sizes import WHOLE, chart_sizes, finish, whole_numbers
from explorer.insights.separability import Inseparable, Separable, hull
from explorer.training.perceptron import HIGH, LOW, Cycle, History, Points

CLASSES = ("class 0: silent", "class 1: fires")
CLASS_COLOURS = ("#0072B2", "#D55E00")  # 3 : 1 or more on white and on the dark background
CLASS_SHAPES = ("circle", "triangle-up")
WEIGHTS = ("w₁", "w₂", "b")
ROUNDS = 4  # of a cycle are drawn


def separation(points: Points, verdict: Separable | Inseparable, present: bool = False) -> alt.Chart:
    """The points in their convex hulls, with the line of the largest margin, or the point that the hulls share."""
    size = chart_sizes(present)
    hulls = pd.concat([_hull(points, wanted) for wanted in (0, 1)], ignore_index=True)
    dots = pd.DataFrame({"x": points.xy[:, 0], "y": points.xy[:, 1], "class": [CLASSES[c] for c in points.classes]})
    colour, outline, fill = (_scale(c, CLASS_COLOURS, size.point * 3) for c in (alt.Color, alt.Stroke, alt.Fill))
    x, y = _axis(alt.X, "x", "x₁"), _axis(alt.Y, "y", "x₂")
    areas = alt.Chart(hulls).mark_line(filled=True, fillOpacity=0.2, strokeWidth=size.stroke).encode(
        x=x, y=y, order="order:Q", stroke=outline, fill=fill
    )  # fmt: skip
    marks = alt.Chart(dots).mark_point(filled=True, opacity=1, size=size.point * 3).encode(
        x=x, y=y, color=colour, shape=_scale(alt.Shape, CLASS_SHAPES, size.point * 3), tooltip=["x", "y", "class"],
    )  # fmt: skip
    if isinstance(verdict, Separable):
        ends = pd.DataFrame(crossings(verdict.line), columns=["x", "y"])
        proof = alt.Chart(ends).mark_line(color=NEUTRAL, strokeWidth=size.stroke).encode(x=x, y=y)
    else:
        common = pd.DataFrame([verdict.common], columns=["x", "y"])
        base = alt.Chart(common).encode(x=x, y=y, tooltip=["x", "y"])
        cross = base.mark_point(shape="cross", filled=True, opacity=1, angle=45, size=size.point * 8, color=NEUTRAL)
        words = base.mark_text(align="left", dx=size.font * 1.2, fontSize=size.font, color=NEUTRAL, fontWeight="bold")
        proof = cross + words.encode(text=alt.value("in both hulls"))
    return finish(alt.layer(areas, marks, proof), present, height=size.height * (1 if present else 1.2))


def errors_per_epoch(history: History, present: bool = False) -> alt.Chart:
    """How often the rule made a correction in each epoch; the last epoch of a success has no bar."""
    size = chart_sizes(present)
    rows = pd.DataFrame({"epoch": np.arange(1, len(history.errors) + 1), "errors": history.errors})
    base = alt.Chart(rows).encode(
        x=alt.X("epoch:O", title="Epoch", axis=alt.Axis(labelAngle=0, labelOverlap=True, grid=False)),
        y=alt.Y("errors:Q", title="Corrections", axis=alt.Axis(**whole_numbers(0, max(history.errors, default=1)))),
        tooltip=[alt.Tooltip("epoch:O", title="Epoch"), alt.Tooltip("errors:Q", title="Corrections")],
    )
    bars = base.mark_bar(color=NEUTRAL)
    if not history.converged:
        return finish(bars, present, height=size.height * (0.4 if present else 0.6))
    done = base.transform_filter("datum.errors == 0").mark_text(
        dy=-size.font * 0.8, fontSize=size.font, color=NEUTRAL, text="0 ✓"
    )
    return finish(bars + done, present, height=size.height * (0.4 if present else 0.6))


def weights_over_corrections(history: History, found: Cycle | None = None, present: bool = False) -> alt.Chart:
    """The weights and the bias after each correction, as steps.

    For a cycle, its first four rounds are drawn, one of them on a grey background.
    """
    size, weights = chart_sizes(present), history.weights
    begin = sum(history.errors[: found.first]) if found else 0
    if found:
        weights = weights[: begin + ROUNDS * found.corrections + 1]
    rows = pd.DataFrame(weights, columns=list(WEIGHTS)).rename_axis("step").reset_index()
    rows = downsample(rows.melt("step", var_name="weight", value_name="value"), "weight", "value")
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolType="stroke")
    lines = alt.Chart(rows).mark_line(interpolate="step-after", strokeWidth=size.stroke * 0.8).encode(
        x=alt.X("step:Q", title="Correction", scale=alt.Scale(nice=False), axis=alt.Axis(**WHOLE)),
        y=alt.Y("value:Q", title="Weight", axis=alt.Axis(tickCount=5)),
        color=alt.Color("weight:N", scale=alt.Scale(domain=WEIGHTS, range=RUN_COLOURS[:3]), legend=legend),
        strokeDash=alt.StrokeDash(
            "weight:N", scale=alt.Scale(domain=WEIGHTS, range=[[1, 0], [8, 3], [2, 3]]), legend=legend
        ),
        tooltip=[
            alt.Tooltip("step:Q", title="Correction"),
            alt.Tooltip("weight:N", title="Weight"),
            alt.Tooltip("value:Q", title="Value", format=".3~g"),
        ],
    )  # fmt: skip
    if found is None:
        return finish(lines, present, height=size.height * (0.45 if present else 0.7))
    band = pd.DataFrame({"from": [begin], "to": [begin + found.corrections]})
    background = alt.Chart(band).mark_rect(color=NEUTRAL, opacity=0.25).encode(x="from:Q", x2="to:Q")
    return finish(background + lines, present, height=size.height * (0.45 if present else 0.7))


def crossings(line: np.ndarray) -> np.ndarray:
    """Where w₁x₁ + w₂x₂ + b = 0 enters and leaves the square of the points: float64 (2, 2), or (0, 2) if it misses it.

    `line`: w₁, w₂, b.
    """
    corners = np.array([(LOW, LOW), (HIGH, LOW), (HIGH, HIGH), (LOW, HIGH)])
    scores = corners @ line[:2] + line[2]
    found = []
    for corner in range(4):
        here, there = scores[corner], scores[(corner + 1) % 4]
        if (here > 0) != (there > 0):
            share = here / (here - there)
            found.append((1 - share) * corners[corner] + share * corners[(corner + 1) % 4])
    return np.array(found).reshape(-1, 2)


def _hull(points: Points, wanted: int) -> pd.DataFrame:
    """The closed outline of the class's convex hull: x, y, order, class."""
    corners = hull(points.xy[points.classes == wanted])
    closed = np.vstack([corners, corners[:1]])
    outline = pd.DataFrame(closed, columns=["x", "y"]).rename_axis("order").reset_index()
    return outline.assign(**{"class": CLASSES[wanted]})


def _scale(channel: type, values: tuple[str, ...], symbol: float) -> alt.Color | alt.Fill | alt.Shape:
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolSize=symbol)
    return channel("class:N", scale=alt.Scale(domain=CLASSES, range=values), legend=legend)


def _axis(channel: type, column: str, title: str) -> alt.X | alt.Y:
    scale, axis = alt.Scale(domain=[LOW, HIGH], nice=False), alt.Axis(tickCount=5, format="~g")
    return channel(f"{column}:Q", title=title, scale=scale, axis=axis)
