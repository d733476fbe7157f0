"""How gradients flow: the norm of every parameter's gradient, by depth and over epochs, on log scales.

The frames are those of `gradient_axes`.
"""

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.formatting import number
from explorer.charts.gradient_axes import (
    KINDS,
    NAME_LETTERS,
    NAMED_UP_TO,
    NORM,
    by_name,
    by_place,
    norm_axis,
    norm_limits,
    rows_height,
    tooltips,
    with_place,
)
from explorer.charts.palette import NEUTRAL, run_scale
from explorer.charts.sizes import WHOLE, chart_sizes, empty, finish, legend_columns


def norm_bars(
    frame: pd.DataFrame, note: str = "", limits: tuple[float, float] | None = None, present: bool = False
) -> alt.Chart:
    """One dot per parameter, the first layer at the top. Shape and colour show its kind; with several runs, colour
    shows the run.

    Dots, because a bar on a log axis has no beginning. Norms that are zero, not a number or below the scale are written
    at the left edge. Up to 40 parameters are named; if there are more, or runs with different parameters, the name
    appears under the pointer.
    """
    if frame.empty:
        return empty(present)
    size, low_high = chart_sizes(present), limits or norm_limits(frame)
    rows = with_place(frame)
    name = "matched" if "matched" in rows else "parameter"
    named = rows["place"].max() <= NAMED_UP_TO and rows.groupby(name)["place"].nunique().max() == 1
    y = by_name(rows, present, column=name) if named else by_place(rows)
    colour, shape = _kind_scale(rows, present)
    if rows["run"].nunique() > 1:
        colour, _ = run_scale(rows["run"], present, "circle", NAME_LETTERS * size.font if named else None)
    rows["kind"] = rows["kind"].map({kind: words for kind, (words, _, _) in KINDS.items()})
    lowest = low_high[0]
    rows = rows.assign(shown=rows["norm"].where(rows["norm"] >= lowest, lowest), label=_label(rows["norm"], lowest))
    base = alt.Chart(rows).encode(x=norm_axis(alt.X, "shown", low_high), y=y, tooltip=["run:N", *tooltips()])
    dots = base.transform_filter("datum.label == ''").mark_point(filled=True, opacity=0.9, size=size.point * 2)
    texts = base.transform_filter("datum.label != ''").mark_text(align="left", color=NEUTRAL, fontSize=size.font)
    layers = alt.layer(dots.encode(color=colour, shape=shape), texts.encode(text="label:N"))
    return finish(layers, present, rows_height(named, present), note)


def _label(norms: pd.Series, lowest: float) -> np.ndarray:
    """The text instead of a dot: none, "0", "not a number", or a norm below the scale."""
    below = [f"◂ {number(norm, 2)}" for norm in norms]
    return np.select([norms.isna(), norms == 0, norms < lowest], ["◂ not a number", "◂ 0", below], "")


def _kind_scale(rows: pd.DataFrame, present: bool) -> tuple[alt.Color, alt.Shape]:
    kinds, colours, shapes = zip(*(style for kind, style in KINDS.items() if kind in set(rows["kind"])), strict=True)
    grey = {"symbolFillColor": NEUTRAL, "symbolStrokeColor": NEUTRAL} if rows["run"].nunique() > 1 else {}
    size, names = chart_sizes(present).point * 3, NAME_LETTERS * chart_sizes(present).font
    columns = legend_columns(kinds, present, names)
    legend = alt.Legend(title=None, orient="top", direction="horizontal", symbolSize=size, columns=columns, **grey)
    return (
        alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=colours), legend=legend),
        alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=shapes), legend=legend),
    )


def norm_profile(
    frame: pd.DataFrame,
    note: str = "",
    present: bool = False,
    measure: str = NORM,
    guides: pd.DataFrame | None = None,
    chosen: dict[str, str] | None = None,
) -> alt.Chart:
    """The weights' gradient norms by depth, one line per run: gradients vanish where one falls far to the left.

    `measure`: what the column norm contains, if not the norm; above zero. `guides`: rows norm, label, and run if one
    belongs to a run: dashed rules at these heights with a label, if they are inside the axis. `chosen`: run → the layer
    that gets a ring; if given, a click on a point selects "layer" with run and layer, and the frame has the column
    layer.
    """
    weights = frame[frame["kind"] == "weight"]
    if weights.empty:
        return empty(present)
    size, rows = chart_sizes(present), with_place(weights)
    rows["norm"] = rows["norm"].where(rows["norm"] > 0)
    colour, dash = run_scale(rows["run"], present)
    scale = alt.Scale(nice=False, padding=size.font / 2)
    axis = alt.Axis(**WHOLE)
    title = "Weight tensor, counted from the first layer"
    if "matched" in rows:
        title = "Position in depth, shared by matching layers"
    x = alt.X("place:Q", title=title, scale=scale, axis=axis)
    limits = norm_limits(weights)
    y = norm_axis(alt.Y, "norm", limits, measure)
    base = alt.Chart(rows).encode(x=x, y=y, color=colour)
    lines = base.mark_line(strokeWidth=size.stroke).encode(strokeDash=dash)
    tooltip = ["run:N", *tooltips(measure)]
    points = base.mark_point(filled=True, size=size.point, opacity=1).encode(tooltip=tooltip)
    layers = [*_guides(guides, limits, y, present), lines, points]
    if chosen is not None:
        # The nearest point, because a finger is wider than the gap between the points of a hundred layers.
        click = alt.selection_point(name="layer", fields=["run", "layer"], nearest=True, clear=False)
        layers[-1] = points.add_params(click)
        layers.insert(-1, _rings(rows, chosen, base, size.point))
    return finish(alt.layer(*layers), present, title=note)


def _rings(rows: pd.DataFrame, chosen: dict[str, str], base: alt.Chart, point: float) -> alt.Chart:
    """A ring around the points of the chosen layers, wide enough to keep the point visible."""
    here = rows["layer"] == rows["run"].map(chosen)
    ring = base.mark_point(filled=False, size=point * 6, strokeWidth=2, opacity=1, aria=False)  # the point is read
    return ring.properties(data=rows[here])


def _guides(guides: pd.DataFrame | None, limits: tuple[float, float], y: alt.Y, present: bool) -> list[alt.Chart]:
    """Dashed rules with a label at their left end; without those outside the axis."""
    if guides is None or not (inside := guides["norm"].between(*limits)).any():
        return []
    base = alt.Chart(guides[inside]).encode(y=y)
    colour = alt.value(NEUTRAL)
    if "run" in guides:
        colour, _ = run_scale(guides["run"], present)
    rules = base.mark_rule(strokeDash=[4, 4], strokeWidth=1.5).encode(color=colour)
    words = base.mark_text(
        align="left", baseline="bottom", dx=4, dy=-2, fontSize=chart_sizes(present).font, color=NEUTRAL
    )
    return [rules, words.encode(x=alt.value(0), text="label:N")]


def norm_epochs(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """The mean gradient norm of each epoch on a log scale, one line per run. `frame`: columns run, epoch, norm."""
    if frame.empty:
        return empty(present)
    size, rows = chart_sizes(present), frame.assign(norm=frame["norm"].where(frame["norm"] > 0))
    colour, dash = run_scale(rows["run"], present)
    x = alt.X("epoch:Q", title="Epoch", scale=alt.Scale(nice=False), axis=alt.Axis(**WHOLE))
    base = alt.Chart(rows).encode(x=x, y=norm_axis(alt.Y, "norm", norm_limits(rows), f"Mean {NORM}"), color=colour)
    tooltip = [
        "run:N",
        alt.Tooltip("epoch:Q", title="Epoch"),
        alt.Tooltip("norm:Q", title=f"Mean {NORM}", format=".3g"),
    ]
    points = base.mark_point(filled=True, size=size.point, opacity=1).encode(tooltip=tooltip)
    return finish(base.mark_line(strokeWidth=size.stroke).encode(strokeDash=dash) + points, present)
