"""A few shares side by side, each with its number."""

import altair as alt
import pandas as pd

from explorer.charts.formatting import percent
from explorer.charts.palette import NEUTRAL
from explorer.charts.sizes import chart_sizes, finish


def share_bars(frame: pd.DataFrame, axis: str, present: bool = False) -> alt.LayerChart:
    """Horizontal bars from 0 to 100 %, in the order of the frame. `frame`: columns label, share (%)."""
    sizes = chart_sizes(present)
    step, thick = (4, 2.4) if present else (2.4, 1.4)  # in letters: few bars are to fill a screen
    table = frame.assign(text=[percent(share / 100) for share in frame["share"]])
    order = table["label"].tolist()
    base = alt.Chart(table).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=420, orient="left", ticks=False)),
        x=alt.X("share:Q", title=axis, scale=alt.Scale(domain=[0, 100])),
        tooltip=[alt.Tooltip("label:N", title="Where"), alt.Tooltip("text:N", title="Share")],
    )
    bars = base.mark_bar(color=NEUTRAL, size=thick * sizes.font)
    # The number is inside a long bar, beside a short one: beside a bar of 100 % it would leave the chart.
    inside, outside = (base.transform_filter(f"datum.share {than} 80") for than in (">", "<="))
    text = {"fontSize": sizes.font, "baseline": "middle"}
    written = [
        inside.mark_text(align="right", dx=-5, color="white", **text).encode(text="text:N"),
        outside.mark_text(align="left", dx=5, color=NEUTRAL, **text).encode(text="text:N"),
    ]
    return finish(alt.layer(bars, *written), present, height=alt.Step(step * sizes.font))
