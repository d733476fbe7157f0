"""What the variants of a study come to: a dot a run with its interval, bars of time."""

import altair as alt
import pandas as pd

from explorer.charts.bands import variant_colours
from explorer.charts.look import empty, finish, look

LINE = 1.9  # height of a run's line, in font sizes


def accuracy_dots(frame: pd.DataFrame, title: str = "Test accuracy (%)", present: bool = False) -> alt.Chart:
    """Each run's accuracy in per cent with its interval, the seeds of a variant below each other.

    frame: columns variant, run, accuracy, low, high (fractions). Dots, because a bar that begins elsewhere than at
    zero says something wrong about ratios.
    """
    if frame.empty:
        return empty(present)
    rows = frame.assign(**{name: frame[name] * 100 for name in ("accuracy", "low", "high")})
    size = look(present)
    x = alt.X("low:Q", title=title, scale=alt.Scale(zero=False, padding=size.font), axis=alt.Axis(tickCount=6))
    tooltip = ["variant:N", "run:N"] + [
        alt.Tooltip(f"{name}:Q", title=said, format=".2f")
        for name, said in (("accuracy", "Accuracy (%)"), ("low", "95 % from"), ("high", "to"))
    ]
    base = alt.Chart(_with_line(rows)).encode(**_places(rows, present), tooltip=tooltip)
    whiskers = base.mark_rule(strokeWidth=size.stroke * 0.7).encode(x=x, x2="high:Q")
    dots = base.mark_point(filled=True, size=size.point * 2, opacity=1).encode(x="accuracy:Q")
    return finish(whiskers + dots, present, height=alt.Step(round(size.font * LINE), **{"for": "offset"}))


def time_bars(frame: pd.DataFrame, title: str = "Seconds an epoch", present: bool = False) -> alt.Chart:
    """A bar a run from zero; frame: columns variant, run, seconds."""
    if frame.empty:
        return empty(present)
    bars = alt.Chart(_with_line(frame)).mark_bar().encode(
        **_places(frame, present),
        x=alt.X("seconds:Q", title=title, axis=alt.Axis(tickCount=6)),
        tooltip=["variant:N", "run:N", alt.Tooltip("seconds:Q", title=title, format=".3g")],
    )  # fmt: skip
    return finish(bars, present, height=alt.Step(round(look(present).font * LINE), **{"for": "offset"}))


def _with_line(frame: pd.DataFrame) -> pd.DataFrame:
    """With column `line`, the place of a run among the runs of its variant."""
    return frame.assign(line=frame.groupby("variant", sort=False).cumcount())


def _places(frame: pd.DataFrame, present: bool) -> dict:
    variants, colours, _ = variant_colours(frame)
    axis = alt.Axis(labelLimit=look(present).font * 12, grid=False)
    return {
        "y": alt.Y("variant:N", sort=variants, title=None, axis=axis),
        "yOffset": alt.YOffset("line:O", sort="ascending"),
        "color": alt.Color("variant:N", scale=alt.Scale(domain=variants, range=colours), legend=None),
    }
