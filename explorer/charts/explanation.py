"""Tests of an explanation as charts."""

import altair as alt
import pandas as pd

from explorer.charts.palette import NEUTRAL, run_scale, sort_runs
from explorer.charts.sizes import WHOLE, chart_sizes, empty, finish

FEW_TICKS = alt.ExprRef("max(2, floor(width / 90))")  # numbers of four letters on half of a screen


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


def pixel_lines(frame: pd.DataFrame, curve: str, present: bool = False) -> alt.Chart:
    """Probability while pixels are removed (`curve` "deletion") or shown ("insertion"), the most important first.

    `frame`: columns run, share (0 to 1), probability (0 to 1).
    """
    if frame.empty:
        return empty(present)
    size, (colour, dash) = chart_sizes(present), run_scale(frame["run"], present)
    rows = frame.assign(percent=frame["share"] * 100, likely=frame["probability"] * 100)
    changed = {"deletion": "removed", "insertion": "shown"}[curve]
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=size.stroke)
        .encode(
            x=alt.X("percent:Q", title=f"Pixels {changed} (%)"),
            y=alt.Y("likely:Q", title="Probability of the class (%)", scale=alt.Scale(domain=[0, 100])),
            color=colour,
            strokeDash=dash,
            tooltip=["run:N", alt.Tooltip("percent:Q", format=".0f"), alt.Tooltip("likely:Q", format=".1f")],
        )
    )
    return finish(lines, present)


def noise_dots(frame: pd.DataFrame, what: str, present: bool = False) -> alt.Chart:
    """How much noise disturbs the map of each method, lower is better.

    `frame`: columns run, method and `what`, which is "infidelity" (squared logits) or "sensitivity" (1: the map's own
    size); methods in the order of the frame. What is not finite is left out.
    """
    if frame.empty:
        return empty(present)
    size, (colour, _) = chart_sizes(present), run_scale(frame["run"], present, symbol="circle")
    titles = {"infidelity": "Infidelity (squared logits)", "sensitivity": "Sensitivity (change of the map)"}
    base = _by_method(frame[["run", "method", what]], present).encode(
        tooltip=["run:N", "method:N", alt.Tooltip(f"{what}:Q", format=".3g")]
    )
    value = alt.X(f"{what}:Q", title=titles[what], scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=FEW_TICKS))
    dots = base.mark_circle(size=3 * size.point, opacity=1).encode(x=value, color=colour)
    return finish(dots, present, height=_height(frame, present))


def _by_method(frame: pd.DataFrame, present: bool) -> alt.Chart:
    """A row for each method, in which each run has its place."""
    methods = list(dict.fromkeys(frame["method"]))
    return alt.Chart(frame).encode(
        y=alt.Y("method:N", sort=methods, title=None, axis=alt.Axis(labelLimit=chart_sizes(present).font * 14)),
        yOffset=alt.YOffset("run:N", sort=sort_runs(frame["run"])),
    )


def _height(frame: pd.DataFrame, present: bool) -> float | alt.Step:
    """As high as other charts, or higher where the rows need it."""
    size, step = chart_sizes(present), round(chart_sizes(present).font * 1.6)
    if present and len(frame) * step < size.height:
        return size.height
    return alt.Step(step, **{"for": "offset"})


def pointing_dots(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """How often each method points at the object, with its interval; a grey tick marks what a random map reaches.

    `frame`: columns run, method, pointing, low, high, chance (0 to 1); methods in the order of the frame.
    """
    if frame.empty:
        return empty(present)
    size, (colour, _) = chart_sizes(present), run_scale(frame["run"], present, symbol="circle")
    numbers = {name: frame[name] * 100 for name in ("pointing", "low", "high", "chance")}
    title = "Highest pixel on the object (% of the images)"
    share, low, chance = (
        alt.X(f"{name}:Q", title=title, scale=alt.Scale(domain=[0, 100])) for name in ("pointing", "low", "chance")
    )
    base = _by_method(frame[["run", "method"]].assign(**numbers), present).encode(
        tooltip=["run:N", "method:N", *(alt.Tooltip(f"{name}:Q", format=".1f") for name in numbers)],
    )
    guess = base.mark_tick(color=NEUTRAL, thickness=size.stroke).encode(x=chance)
    interval = base.mark_rule(strokeWidth=size.stroke).encode(x=low, x2="high:Q", color=colour)
    dots = base.mark_circle(size=3 * size.point, opacity=1).encode(x=share, color=colour)
    return finish(guess + interval + dots, present, height=_height(frame, present))
