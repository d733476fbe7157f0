"""Images as points: what a network's features look like in two dimensions."""

import altair as alt
import pandas as pd

from explorer.charts.palette import NEUTRAL
from explorer.charts.sizes import chart_sizes, columns_of, empty, finish

# Ten for the classes of a data set, not for runs: each has 3 : 1 or more on white and on the dark background.
CLASS_COLOURS = (
    "#2E7DD1", "#D1570A", "#2F8F4E", "#D6396B", "#8566CC", "#9A7400", "#118E9C", "#B3459F", "#7A7F28", "#A6634B",
)  # fmt: skip
# As many shapes, so that nothing depends on colour alone; Vega's own and four paths in its unit square.
CLASS_SHAPES = (
    "circle", "square", "triangle-up", "cross", "diamond", "triangle-down",
    "M-1,-1L-0.5,-1L0,-0.4L0.5,-1L1,-1L0.3,0L1,1L0.5,1L0,0.4L-0.5,1L-1,1L-0.3,0Z",
    "M0,-1L0.26,-0.32L1,-0.31L0.41,0.12L0.62,0.81L0,0.4L-0.62,0.81L-0.41,0.12L-1,-0.31L-0.26,-0.32Z",
    "M-1,-0.4L1,-0.4L1,0.4L-1,0.4Z",
    "M-0.4,-1L0.4,-1L0.4,1L-0.4,1Z",
)  # fmt: skip


def class_marks(classes: list[str]) -> tuple[list[str], list[str]]:
    """A colour and a shape for each class; if there are more than ten, pairs of both differ up to the hundredth."""
    many = len(CLASS_COLOURS)
    return (
        [CLASS_COLOURS[i % many] for i in range(len(classes))],
        [CLASS_SHAPES[(i + i // many) % many] for i in range(len(classes))],
    )


def scatter(frame: pd.DataFrame, classes: list[str], axes: tuple[str, str], present: bool = False) -> alt.LayerChart:
    """One point per image, coloured and shaped by its true class; misclassified images are ringed.

    `frame`: columns x, y, image (a data URL for the pointer), number, class, predicted, wrong (bool). `classes`: all
    classes, in order. `axes`: their titles. A click on the legend leaves only that class bright.
    """
    if frame.empty:
        return empty(present)
    size, (colours, shapes) = chart_sizes(present), class_marks(classes)
    legend = alt.Legend(
        title=None,
        orient="bottom",
        direction="horizontal",
        symbolSize=2 * size.point,
        symbolStrokeWidth=0,
        columns=columns_of(50 + 0.6 * size.font * max(map(len, classes)), present, least=2),
    )
    picked = alt.selection_point(fields=["class"], bind="legend")
    axis = alt.Axis(tickCount=5)
    base = alt.Chart(frame).encode(
        x=alt.X("x:Q", title=axes[0], scale=alt.Scale(zero=False, padding=size.font), axis=axis),
        y=alt.Y("y:Q", title=axes[1], scale=alt.Scale(zero=False, padding=size.font), axis=axis),
    )
    points = base.mark_point(filled=True, size=1.8 * size.point, strokeWidth=0).encode(
        color=alt.Color("class:N", scale=alt.Scale(domain=classes, range=colours), legend=legend),
        shape=alt.Shape("class:N", scale=alt.Scale(domain=classes, range=shapes), legend=legend),
        opacity=alt.condition(picked, alt.value(0.9), alt.value(0.12)),
        tooltip=[
            alt.Tooltip("image:N"),  # a field with this name is shown as the image at its URL
            alt.Tooltip("class:N", title="Class"),
            alt.Tooltip("predicted:N", title="Predicted"),
            alt.Tooltip("number:Q", title="Validation image"),
        ],
    ).add_params(picked)  # fmt: skip
    rings = base.transform_filter("datum.wrong").mark_point(
        size=5 * size.point, strokeWidth=size.stroke * 0.8, color=NEUTRAL, filled=False, shape="circle"
    )
    return finish(alt.layer(rings, points), present, height=round(size.height * 1.15))
