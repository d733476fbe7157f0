"""The results of a study's variants: one dot per run with its interval, one bar per run, who leads at each epoch."""

import altair as alt
import pandas as pd

from explorer.charts.bands import variant_colours
from explorer.charts.sizes import chart_sizes, empty, finish, legend_columns

LINE = 1.9  # height of a run's line, in font sizes


def accuracy_dots(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Each run's test accuracy in per cent with its interval, the seeds of a variant below each other.

    `frame`: columns variant, run, accuracy, low, high (fractions). Dots, because a bar that does not begin at zero
    distorts ratios.
    """
    if frame.empty:
        return empty(present)
    rows = frame.assign(**{name: frame[name] * 100 for name in ("accuracy", "low", "high")})
    size = chart_sizes(present)
    x = alt.X(
        "low:Q",
        title="Test accuracy (%)",
        scale=alt.Scale(zero=False, padding=size.font),
        axis=alt.Axis(tickCount=6),
    )
    tooltip = ["variant:N", "run:N"] + [
        alt.Tooltip(f"{name}:Q", title=label, format=".2f")
        for name, label in (("accuracy", "Accuracy (%)"), ("low", "95 % from"), ("high", "to"))
    ]
    base = alt.Chart(_with_line(rows)).encode(**_places(rows, present), tooltip=tooltip)
    whiskers = base.mark_rule(strokeWidth=size.stroke * 0.7).encode(x=x, x2="high:Q")
    dots = base.mark_point(filled=True, size=size.point * 2, opacity=1).encode(x="accuracy:Q")
    return finish(whiskers + dots, present, height=alt.Step(round(size.font * LINE), **{"for": "offset"}))


def statistics_dots(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """Each run's validation accuracy in per cent with two kinds of batch norm statistics, a line from one to the other.

    `frame`: columns variant, run, recomputed, running (fractions).
    """
    if frame.empty:
        return empty(present)
    kinds = {"recomputed": "Recomputed statistics", "running": "Running averages"}
    percent = {label: frame[name] * 100 for name, label in kinds.items()}
    rows = frame[["variant", "run"]].assign(**percent)
    size, names = chart_sizes(present), list(kinds.values())
    x = {"title": "Validation accuracy (%)", "scale": alt.Scale(zero=False, padding=size.font)}
    places = _places(rows, present)
    lines = alt.Chart(_with_line(rows)).mark_rule(strokeWidth=size.stroke * 0.7)
    lines = lines.encode(**places, x=alt.X(f"{names[0]}:Q", **x), x2=f"{names[1]}:Q")
    long = _with_line(rows).melt(["variant", "run", "line"], names, "statistics", "accuracy")
    shape = alt.Scale(domain=names, range=["circle", "triangle-left"])
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal")
    dots = alt.Chart(long).mark_point(filled=True, size=size.point * 2, opacity=1).encode(
        **places,
        x=alt.X("accuracy:Q", **x),
        shape=alt.Shape("statistics:N", scale=shape, legend=legend),
        tooltip=["variant:N", "run:N", "statistics:N", alt.Tooltip("accuracy:Q", title="Accuracy (%)", format=".1f")],
    )  # fmt: skip
    return finish(lines + dots, present, height=alt.Step(round(size.font * LINE), **{"for": "offset"}))


def run_bars(frame: pd.DataFrame, measure: str, title: str, present: bool = False) -> alt.Chart:
    """One bar per run from zero; `frame`: columns variant, run, and `measure`, which the title names with its unit."""
    if frame.empty:
        return empty(present)
    axis = alt.Axis(tickCount=6, format="~s") if frame[measure].max() >= 10_000 else alt.Axis(tickCount=6)
    bars = alt.Chart(_with_line(frame)).mark_bar().encode(
        **_places(frame, present),
        x=alt.X(f"{measure}:Q", title=title, axis=axis),
        tooltip=["variant:N", "run:N", alt.Tooltip(f"{measure}:Q", title=title, format=".3g")],
    )  # fmt: skip
    return finish(bars, present, height=alt.Step(round(chart_sizes(present).font * LINE), **{"for": "offset"}))


def lead_bars(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """The leader at each epoch: a bar in its colour, as high as its lead over the next variant.

    `frame`: columns variant, run, epoch, validation_accuracy (a fraction; its mean over seeds counts).
    """
    if frame.empty:
        return empty(present)
    variants, colours, _ = variant_colours(frame)
    size = chart_sizes(present)
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", columns=legend_columns(variants, present))
    bars = alt.Chart(leads(frame)).mark_bar().encode(
        x=alt.X("epoch:O", title="Epoch", axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("lead:Q", title="Lead (percentage points)", axis=alt.Axis(tickCount=5)),
        color=alt.Color("variant:N", scale=alt.Scale(domain=variants, range=colours), legend=legend),
        tooltip=[
            "epoch:O", alt.Tooltip("variant:N", title="Ahead"), alt.Tooltip("second:N", title="Next"),
            alt.Tooltip("lead:Q", title="Lead (percentage points)", format=".2f"),
        ],
    )  # fmt: skip
    return finish(bars, present, height=size.height * 0.7)


def leads(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns epoch, variant (the leader), second, lead in percentage points; an epoch with a tie has no leader."""
    means = frame.groupby(["epoch", "variant"], sort=False)["validation_accuracy"].mean().reset_index()
    rows = []
    for epoch, of_epoch in means.groupby("epoch"):
        ranked = of_epoch.sort_values("validation_accuracy", ascending=False, kind="stable")
        if len(ranked) > 1:
            (best, first), (next_one, second) = (
                ranked[["variant", "validation_accuracy"]].iloc[:2].itertuples(index=False)
            )
            rows.append((epoch, best, next_one, 100 * (first - second)))
    table = pd.DataFrame(rows, columns=["epoch", "variant", "second", "lead"])
    return table[table["lead"] > 0]


def _with_line(frame: pd.DataFrame) -> pd.DataFrame:
    """Adds the column `line`, the place of a run among the runs of its variant."""
    return frame.assign(line=frame.groupby("variant", sort=False).cumcount())


def _places(frame: pd.DataFrame, present: bool) -> dict:
    variants, colours, _ = variant_colours(frame)
    axis = alt.Axis(labelLimit=chart_sizes(present).font * 12, grid=False)
    return {
        "y": alt.Y("variant:N", sort=variants, title=None, axis=axis),
        "yOffset": alt.YOffset("line:O", sort="ascending"),
        "color": alt.Color("variant:N", scale=alt.Scale(domain=variants, range=colours), legend=None),
    }
