"""Tests of an explanation as charts."""

import altair as alt
import pandas as pd

from explorer.charts.palette import NEUTRAL, run_scale, sort_runs
from explorer.charts.sizes import WHOLE, chart_sizes, empty, finish, line_legend


def cascade_lines(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """How similar the map stays while layer after layer, from the top, gets random weights.

    `frame`: columns run, step (0 is the trained network), layer, correlation (−1 to 1; null for a blank map).
    """
    if frame.empty:
        return empty(present)
    size, (colour, dash) = chart_sizes(present), run_scale(frame["run"], present)
    y = alt.Y("correlation:Q", title="Rank correlation with the trained map", scale=alt.Scale(domain=[-1, 1]))
    lines = (
        alt.Chart(frame)
        .mark_line(strokeWidth=size.stroke, point=alt.OverlayMarkDef(size=size.point, filled=True))
        .encode(
            x=alt.X("step:Q", title=f"Layers randomised{'' if present else ', from the top'}", axis=alt.Axis(**WHOLE)),
            y=y,
            color=colour,
            strokeDash=dash,
            tooltip=["run:N", "step:Q", "layer:N", alt.Tooltip("correlation:Q", format=".3f")],
        )
    )
    zero = alt.Chart(pd.DataFrame({"correlation": [0]})).mark_rule(color=NEUTRAL).encode(y=y)
    return finish(zero + lines, present)


def pixel_lines(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Probability while pixels are removed or inserted, the most important first.

    `frame`: columns run, curve ("deletion" or "insertion"), share (0 to 1), probability (0 to 1).
    """
    if frame.empty:
        return empty(present)
    size, (colour, _) = chart_sizes(present), run_scale(frame["run"], present)
    curves = ["deletion", "insertion"]
    rows = frame.assign(percent=frame["share"] * 100, likely=frame["probability"] * 100)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=size.stroke)
        .encode(
            x=alt.X("percent:Q", title="Pixels changed (%)"),
            y=alt.Y("likely:Q", title="Probability of the class (%)", scale=alt.Scale(domain=[0, 100])),
            color=colour,
            strokeDash=alt.StrokeDash(
                "curve:N",
                scale=alt.Scale(domain=curves, range=[[1, 0], [6, 4]]),
                legend=alt.Legend(**line_legend(curves, present, "top", symbolStrokeColor=NEUTRAL)),
            ),
            detail="run:N",
            tooltip=["run:N", "curve:N", alt.Tooltip("percent:Q", format=".0f"), alt.Tooltip("likely:Q", format=".1f")],
        )
    )
    return finish(lines, present)


def pointing_dots(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """How often each method points at the object, with its interval; a grey tick marks what a random map reaches.

    `frame`: columns run, method, pointing, low, high, chance (0 to 1); methods in the order of the frame.
    """
    if frame.empty:
        return empty(present)
    size, (colour, _) = chart_sizes(present), run_scale(frame["run"], present, symbol="circle")
    methods = list(dict.fromkeys(frame["method"]))
    numbers = {name: frame[name] * 100 for name in ("pointing", "low", "high", "chance")}
    title = "Highest pixel on the object (% of the images)"
    share, low, chance = (
        alt.X(f"{name}:Q", title=title, scale=alt.Scale(domain=[0, 100])) for name in ("pointing", "low", "chance")
    )
    base = alt.Chart(frame[["run", "method"]].assign(**numbers)).encode(
        y=alt.Y("method:N", sort=methods, title=None, axis=alt.Axis(labelLimit=size.font * 14)),
        yOffset=alt.YOffset("run:N", sort=sort_runs(frame["run"])),
        tooltip=["run:N", "method:N", *(alt.Tooltip(f"{name}:Q", format=".1f") for name in numbers)],
    )
    guess = base.mark_tick(color=NEUTRAL, thickness=size.stroke).encode(x=chance)
    interval = base.mark_rule(strokeWidth=size.stroke).encode(x=low, x2="high:Q", color=colour)
    dots = base.mark_circle(size=3 * size.point, opacity=1).encode(x=share, color=colour)
    return finish(guess + interval + dots, present, height=alt.Step(round(size.font * 1.6), **{"for": "offset"}))
