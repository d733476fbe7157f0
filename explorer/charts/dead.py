"""Which layers have dead units."""

import altair as alt
import pandas as pd

from explorer.charts.palette import NEUTRAL, run_scale
from explorer.charts.sizes import WHOLE, chart_sizes, empty, finish


def dead_profile(frame: pd.DataFrame, threshold: float, present: bool = False) -> alt.Chart:
    """The share of dead units of each ReLU by depth, one line per run, and a dashed rule at the threshold.

    frame: columns run, layer, place (1 for the first ReLU), share. Shares and threshold are fractions.
    """
    if frame.empty:
        return empty(present)
    size, rows = chart_sizes(present), frame.assign(percent=100 * frame["share"])
    colour, dash = run_scale(rows["run"], present)
    top = max(100 * threshold, float(rows["percent"].max()))
    axis = alt.Axis(**WHOLE)
    base = alt.Chart(rows).encode(
        x=alt.X("place:Q", title="ReLU, counted from the first", scale=alt.Scale(nice=False, padding=7), axis=axis),
        y=alt.Y("percent:Q", title="Dead units (%)", scale=alt.Scale(domain=[0, top], nice=True)),
        color=colour,
    )
    tooltip = ["run:N", alt.Tooltip("layer:N", title="ReLU"), alt.Tooltip("percent:Q", title="Dead (%)", format=".1f")]
    lines = base.mark_line(strokeWidth=size.stroke).encode(strokeDash=dash)
    points = base.mark_point(filled=True, size=size.point, opacity=1).encode(tooltip=tooltip)
    rule = alt.Chart(pd.DataFrame({"percent": [100 * threshold]})).mark_rule(color=NEUTRAL, strokeDash=[4, 4])
    return finish(rule.encode(y="percent:Q") + lines + points, present)
