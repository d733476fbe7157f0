"""What all charts share: sizes, a transparent background, the width of their container.

Colours of text, axes and grid are set by whatever shows the chart: streamlit's theme, light or dark, or `svg_theme()`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd

MAX_ROWS = 4500  # rows of one chart's data; altair refuses more than 5000 outside streamlit


@dataclass(frozen=True)
class Sizes:
    """Sizes in pixels."""

    font: int  # of labels and legends
    title: int  # of axis and chart titles
    stroke: float  # of the lines that matter
    point: float  # area of a point
    height: int


DESK = Sizes(font=14, title=15, stroke=2.5, point=40, height=290)
CLASSROOM = Sizes(font=24, title=25, stroke=4.5, point=90, height=380)


def chart_sizes(present: bool) -> Sizes:
    """The sizes for reading at a desk, or (present) from the back of a classroom."""
    return CLASSROOM if present else DESK


# Only the width is fitted: legends and titles are added to the height, or twelve runs would leave no plot.
FIT = {"type": "fit-x", "contains": "padding"}
# An x axis of whole numbers. `tickMinStep: 1` allows halves if there are two or three numbers, and reads "1, 2, 2".
WHOLE = {"tickCount": {"expr": "max(1, min(ceil(width / 40), floor(span(domain('x')))))"}, "format": "d"}
FEW = 4  # whole numbers, from which on none is written twice


def whole_numbers(low: float, high: float) -> dict:
    """Ticks of an axis or a legend of whole numbers from `low` to `high`, if WHOLE does not fit, which is for one x
    axis. A few numbers are listed one by one, for the same reason."""
    if high - low >= FEW:
        return {"tickMinStep": 1, "format": "d"}
    return {"values": list(range(math.ceil(low), math.floor(high) + 1)), "format": "d"}


# The numbers on an axis: all of their digits, at most six. Vega shows only those that tell two labels apart, so values
# that are all the same would be labelled 0.000000, or in an SVG 0 instead of 0.08.
NUMBER, ON_A_LOG_AXIS = ",.6~r", ".6~g"


def config(present: bool) -> dict:
    """Sizes and weights of everything that is written, as the `config` of a Vega-Lite chart."""
    size = chart_sizes(present)
    labels = {"labelFontSize": size.font, "titleFontSize": size.title, "titleFontWeight": "normal"}
    return {
        "background": "transparent",
        "numberFormat": NUMBER,
        "title": {"fontSize": size.title, "fontWeight": "normal", "anchor": "start", "offset": 12},
        "header": {**labels, "labelFontSize": size.title, "labelLimit": 400},
        "axis": {**labels, "titlePadding": 8},
        "legend": {
            **labels,
            "titleFontSize": size.font,
            "labelLimit": 500,
            "titleLimit": 500,
            "symbolStrokeWidth": size.stroke,
            "padding": 0,
            "offset": 10,
            "rowPadding": 4,
        },
        "text": {"fontSize": size.font},
        "view": {"stroke": None},
    }


def finish(
    chart: alt.Chart, present: bool = False, height: float | alt.Step | None = None, title: str = ""
) -> alt.Chart:
    """The chart with the common look. A title is a note in the weight of text, with its line breaks."""
    if not isinstance(chart, alt.VConcatChart):  # streamlit fits those panels
        chart = chart.properties(width="container", height=height or chart_sizes(present).height, autosize=FIT)
    if title:
        chart = chart.properties(title=title.split("\n"))
    return chart.configure(**config(present))


def columns_of(entry: float, present: bool, least: int = 1, beside: float | None = None) -> alt.ExprRef:
    """As many columns of `entry` pixels as fit above or below the plot, at least `least`.

    `beside`: pixels of the axis at its side. The width is that of the chart's place on the page, if it has one: the
    plot's own width is known only after the chart's height, too late for another row of the legend.
    """
    beside = 4.5 * chart_sizes(present).font if beside is None else beside
    plot = f"(isFinite(containerSize()[0]) ? containerSize()[0] - {beside:.0f} : width)"
    return alt.ExprRef(f"max({least}, floor({plot} / {entry:.0f}))")


def legend_columns(labels: Sequence[str], present: bool, beside: float | None = None) -> alt.ExprRef:
    """As many columns as fit: twelve run ids side by side are 2000 pixels, a phone has 420."""
    return columns_of(entry_width(labels, present), present, 1, beside)


def entry_width(labels: Sequence[str], present: bool) -> float:
    """Pixels that the longest of these needs in a legend, with its symbol."""
    return 50 + 0.54 * chart_sizes(present).font * max(map(len, labels), default=1)


def label_limit() -> alt.ExprRef:
    """Pixels of a label in a legend below or above a plot: a longer one ends in dots, not at the edge of the chart."""
    return alt.ExprRef("max(120, width - 40)")


def line_legend(labels: Sequence[str], present: bool, orient: str, **more: object) -> dict:
    """A legend of lines above ("top") or below ("bottom") a chart, in Vega-Lite's form."""
    return {
        "title": None,
        "orient": orient,
        "direction": "horizontal",
        "symbolType": "stroke",
        "symbolSize": (2 * chart_sizes(present).font) ** 2,
        "columns": legend_columns(labels, present),
        "labelLimit": label_limit(),
        **more,
    }


def empty(present: bool = False) -> alt.Chart:
    """An empty chart, for a frame without rows."""
    return finish(alt.Chart(pd.DataFrame({"x": pd.Series(dtype=float)})).mark_text(), present, height=60)


def svg_theme(colour: str = "currentColor", grid: str = "#8080804d") -> dict:
    """A Vega-Lite config for charts outside streamlit: text and axes in one colour.

    With "currentColor" an SVG inside a page takes the colour of the text around it, in both themes.
    """
    written = {"labelColor": colour, "titleColor": colour}
    return {
        "font": "sans-serif",
        "title": {"color": colour, "subtitleColor": colour},
        "axis": {**written, "gridColor": grid, "domainColor": grid, "tickColor": grid},
        "legend": written,
        "header": written,
    }
