"""Charts that accompany images: the scale of their colours, their pixels with values, what a model predicts."""

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.palette import NEUTRAL, diverging, limits, run_scale, sequential, sort_runs
from explorer.charts.sizes import chart_sizes, empty, finish

BAR_STEPS = 128  # rectangles of a colour bar
PIXELS_UP_TO = 64  # rows or columns; a chart may have 64 × 64 rows of data


def colour_bar(
    low: float, high: float, signed: bool = False, title: str = "", present: bool = False, colours: str = "viridis"
) -> alt.Chart:
    """The legend of an image: the colours from low to high, or from −m to m with m = max(|low|, |high|) if signed."""
    if signed:
        high = max(abs(low), abs(high))
        low = -high
    edges = np.linspace(low, high, BAR_STEPS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    # Each extends below its neighbour, or the background would show between them.
    table = {
        "from": edges[:-1],
        "to": np.append(edges[2:], high),
        "colour": _hex(_paint(middles, low, high, signed, colours)),
    }
    steps = pd.DataFrame(table)
    axis = alt.Axis(title=title or None, grid=False, tickCount=4, labelFlush=True, format="~g")
    bar = alt.Chart(steps).mark_rect().encode(
        x=alt.X("from:Q", scale=alt.Scale(domain=[low, high], nice=False), axis=axis),
        x2="to:Q",
        color=alt.Color("colour:N", scale=None),
        tooltip=alt.Tooltip("from:Q", title="Value", format=".3g"),
    )  # fmt: skip
    return finish(bar, present, height=chart_sizes(present).font)


def pixels(
    values: np.ndarray,
    signed: bool = False,
    scale: tuple[float, float] | None = None,
    title: str = "Value",
    present: bool = False,
) -> alt.Chart:
    """A map of at most 64 × 64 pixels, with row, column and value under the pointer.

    `values`: float (H, W), in viridis or (signed) blue to orange on `scale`, by default its own limits; or uint8 (3, H,
    W), shown in its colours. Show it with `width="content"`: stretched pixels are not square.
    """
    h, w = values.shape[-2:]
    assert max(h, w) <= PIXELS_UP_TO, f"{h} × {w} pixels; show larger images as images"
    rows, columns = np.indices((h, w))
    if values.ndim == 3:
        colours, labels = np.moveaxis(values, 0, -1), [", ".join(map(str, pixel)) for pixel in values.reshape(3, -1).T]
    else:
        colours, labels = _paint(values, *(scale or limits(values, signed=signed)), signed), values.ravel()
    table = pd.DataFrame({"row": rows.ravel(), "column": columns.ravel(), "colour": _hex(colours), "value": labels})
    written = alt.Tooltip("value:N") if values.ndim == 3 else alt.Tooltip("value:Q", format=".3g")
    side = max(1, chart_sizes(present).height // max(h, w))
    chart = alt.Chart(table).mark_rect(strokeWidth=0).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0)),
        color=alt.Color("colour:N", scale=None),
        tooltip=[alt.Tooltip("row:Q", title="Row"), alt.Tooltip("column:Q", title="Column"), written.title(title)],
    )  # fmt: skip
    return finish(chart, present).properties(width=side * w, height=side * h)


def probability_bars(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Class probabilities in per cent, the runs of a class below each other in their colours.

    `frame`: columns run, label, probability (a fraction). Classes in the order of the frame.
    """
    if frame.empty:
        return empty(present)
    size, labels = chart_sizes(present), list(dict.fromkeys(frame["label"]))
    rows = frame[["run", "label"]].assign(percent=frame["probability"] * 100)
    colour, _ = run_scale(rows["run"], present, symbol="square")
    base = alt.Chart(rows).encode(
        x=alt.X("percent:Q", title="Probability (%)", scale=alt.Scale(domain=[0, 100]), axis=alt.Axis(tickCount=5)),
        y=alt.Y("label:N", sort=labels, title=None, axis=alt.Axis(labelLimit=size.font * 12, grid=False)),
        yOffset=alt.YOffset("run:N", sort=sort_runs(rows["run"])),
        tooltip=["run:N", "label:N", alt.Tooltip("percent:Q", title="Probability (%)", format=".2f")],
    )
    bars = base.mark_bar().encode(color=colour)
    texts = base.mark_text(align="left", dx=4, color=NEUTRAL, fontSize=size.font).encode(
        text=alt.Text("percent:Q", format=".1f")
    )
    return finish(bars + texts, present, height=alt.Step(round(size.font * 1.6), **{"for": "offset"}))


def _paint(values: np.ndarray, low: float, high: float, signed: bool, colours: str = "viridis") -> np.ndarray:
    return diverging(values, high, colours) if signed else sequential(values, low, high, colours)


def _hex(colours: np.ndarray) -> list[str]:
    """uint8 (…, 3) → "#rrggbb" for each."""
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in colours.reshape(-1, 3)]
