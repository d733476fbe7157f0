"""How gradients flow: the norm of every parameter's gradient, by depth and over the steps, on log scales.

The frames have a row for each parameter (and step): run; parameter (its name); kind, one of KINDS; depth, that of its
layer; step; norm, the L2 norm of its gradient. Parameters of one depth keep the order of the frame. Of several networks
they may have matched, a name that parameters of different networks share where their layers stand for each other, and
row, its number by depth. What is in one chart has one scale; charts that stand side by side share it through
`limits=norm_limits(all of their rows)`.
"""

from collections.abc import Callable

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.formatting import number
from explorer.charts.palette import NEUTRAL, VIRIDIS, run_scale, sort_runs
from explorer.charts.sizes import MAX_ROWS, chart_sizes, empty, finish, legend_columns

# Kinds are told apart by shape, and in a chart of one run by colour too; none of the colours is a run's.
KINDS = {
    "weight": ("weight", "#4477AA", "circle"),
    "bias": ("bias", "#EE6677", "triangle-up"),
    "scale": ("batch-norm scale", "#228833", "square"),
    "shift": ("batch-norm shift", "#BB5599", "diamond"),
}
NORM = "L2 norm of the gradient"
GUIDE = "guide"  # stands for a parameter in the data of a line at one height
NAMED_UP_TO = 40  # parameters; more names than that cannot be read below each other
ROWS_UP_TO = 64  # layers in a heat map of everything; of more, only those with a kernel or a matrix are shown
NAME_LETTERS = 15  # of the widest names at the side of a chart, in font sizes
LINES_UP_TO = 90
POINTS_UP_TO = 120  # along a line, and columns of a heat map
SQUEEZED = 4  # a run this many times shorter than another gets an axis of steps of its own
PANEL_WIDTH = 600  # pixels, of the panels of several runs where nobody stretches them, as streamlit does


def norm_limits(frame: pd.DataFrame) -> tuple[float, float]:
    """Powers of ten around the norms of the frame that are above zero: the scale that compared charts share.

    Biases do not lengthen it downwards: those before batch norm, whose gradient is rounding, would take half of it.
    """
    frame = frame[np.isfinite(frame["norm"]) & (frame["norm"] > 0)]
    if frame.empty:
        return 0.1, 10.0
    others = frame[frame["kind"] != "bias"] if "kind" in frame else frame
    lowest, highest = (frame if others.empty else others)["norm"].min(), frame["norm"].max()
    low, high = np.floor(np.log10(lowest)), np.ceil(np.log10(highest))
    return float(10.0**low), float(10.0 ** max(high, low + 1))


def norm_bars(
    frame: pd.DataFrame, note: str = "", limits: tuple[float, float] | None = None, present: bool = False
) -> alt.Chart:
    """A dot a parameter, the first layer at the top. Shape and colour are its kind; of several runs, colour is the run.

    Dots, because a bar on a log axis begins nowhere. Norms that are zero, no number or below the scale are written at
    the left edge.
    Up to 40 parameters are named; of more, and of runs whose parameters differ, the name is under the pointer.
    """
    if frame.empty:
        return empty(present)
    size, low_high = chart_sizes(present), limits or norm_limits(frame)
    rows = _with_place(frame)
    name = "matched" if "matched" in rows else "parameter"
    named = rows["place"].max() <= NAMED_UP_TO and rows.groupby(name)["place"].nunique().max() == 1
    y = _by_name(rows, present, column=name) if named else _by_place(rows)
    colour, shape = _kind_scale(rows, present)
    if rows["run"].nunique() > 1:
        colour, _ = run_scale(rows["run"], present, "circle", NAME_LETTERS * size.font if named else None)
    rows["kind"] = rows["kind"].map({kind: words for kind, (words, _, _) in KINDS.items()})
    lowest = low_high[0]
    rows = rows.assign(shown=rows["norm"].where(rows["norm"] >= lowest, lowest), label=_label(rows["norm"], lowest))
    base = alt.Chart(rows).encode(x=_norm_axis(alt.X, "shown", low_high), y=y, tooltip=["run:N", *_tooltips()])
    dots = base.transform_filter("datum.label == ''").mark_point(filled=True, opacity=0.9, size=size.point * 2)
    texts = base.transform_filter("datum.label != ''").mark_text(align="left", color=NEUTRAL, fontSize=size.font)
    layers = alt.layer(dots.encode(color=colour, shape=shape), texts.encode(text="label:N"))
    return finish(layers, present, _height(named, present), note)


def norm_profile(
    frame: pd.DataFrame,
    note: str = "",
    present: bool = False,
    measure: str = NORM,
    guides: pd.DataFrame | None = None,
    chosen: dict[str, str] | None = None,
) -> alt.Chart:
    """The weights' gradient norms by depth, one line a run: where one falls far to the left, gradients vanish.

    measure: what column norm holds, where it is another number above zero than the norm. guides: rows norm, label, and
    run where one is a run's own: dashed rules at these heights with a word at them, where they lie inside the axis.
    chosen: run → the layer that gets a ring; given, points have a selection "layer" of run and layer by a click, and
    frame has the column layer.
    """
    weights = frame[frame["kind"] == "weight"]
    if weights.empty:
        return empty(present)
    size, rows = chart_sizes(present), _with_place(weights)
    rows["norm"] = rows["norm"].where(rows["norm"] > 0)
    colour, dash = run_scale(rows["run"], present)
    scale = alt.Scale(nice=False, padding=size.font / 2)
    axis = alt.Axis(tickMinStep=1, format="d")
    title = "Weight tensor, counted from the first layer"
    if "matched" in rows:
        title = "Position in depth, shared by matching layers"
    x = alt.X("place:Q", title=title, scale=scale, axis=axis)
    limits = norm_limits(weights)
    y = _norm_axis(alt.Y, "norm", limits, measure)
    base = alt.Chart(rows).encode(x=x, y=y, color=colour)
    lines = base.mark_line(strokeWidth=size.stroke).encode(strokeDash=dash)
    tooltip = ["run:N", *_tooltips(measure)]
    points = base.mark_point(filled=True, size=size.point, opacity=1).encode(tooltip=tooltip)
    layers = [*_guides(guides, limits, y, present), lines, points]
    if chosen is not None:
        # The nearest point, for a finger is wider than the room between those of a hundred layers.
        click = alt.selection_point(name="layer", fields=["run", "layer"], nearest=True, clear=False)
        layers[-1] = points.add_params(click)
        layers.insert(-1, _rings(rows, chosen, base, size.point))
    return finish(alt.layer(*layers), present, title=note)


def _rings(rows: pd.DataFrame, chosen: dict[str, str], base: alt.Chart, point: float) -> alt.Chart:
    """A ring around the points of the chosen layers, wide enough to leave the point free."""
    here = rows["layer"] == rows["run"].map(chosen)
    ring = base.mark_point(filled=False, size=point * 6, strokeWidth=2, opacity=1, aria=False)  # the point is read
    return ring.properties(data=rows[here])


def _guides(guides: pd.DataFrame | None, limits: tuple[float, float], y: alt.Y, present: bool) -> list[alt.Chart]:
    """Dashed rules with a word at their left end; none of those that lie outside of the axis."""
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


def norm_lines(
    frame: pd.DataFrame,
    note: str = "",
    limits: tuple[float, float] | None = None,
    present: bool = False,
    measure: str = NORM,
    guide: float | None = None,
) -> alt.Chart:
    """Norms over the steps, one line a parameter, in viridis from the first layer (dark) to the last (light).

    A point is the geometric mean over neighbouring steps, at most 120 a line. At most 90 lines are drawn, evenly
    spread over the depth, and the title says so. Norms of zero lie on the lower edge. Several runs make panels below
    each other on one scale. measure: what column norm holds, if not the norm; guide: a dashed rule at this height.
    """
    if frame.empty:
        return empty(present)
    size, low_high = chart_sizes(present), limits or norm_limits(frame)
    rows, spread = _spread_over_depth(_with_place(frame))
    runs, steps = sort_runs(rows["run"].unique()), rows.groupby("run")["step"].nunique()
    if guide is not None:
        rows = pd.concat([rows, _guide_line(rows, guide)], ignore_index=True)
    ramp = [f"#{stop}" for stop in VIRIDIS.split()[5:28]]  # its ends cannot be seen on dark and on white
    guides = f"(datum.parameter === '{GUIDE}')"
    # Dictionaries, as Vega-Lite writes it: channels would be validated again and again while a run trains.
    encoding = {
        "x": {
            "field": "middle",
            "type": "quantitative",
            "title": "Step",
            "scale": {"nice": False},
            "axis": {"tickMinStep": 1, "format": "d"},
        },
        "y": _norm_axis(alt.Y, "norm", low_high, measure),
        "color": {
            "condition": {"test": guides, "value": NEUTRAL},
            "field": "place",
            "type": "quantitative",
            "scale": {"range": ramp, "interpolate": "rgb"},
            "legend": {
                "title": "Depth, first layer to last",
                "orient": "top",
                "direction": "horizontal",
                "format": "d",
            },
        },
        "strokeDash": {"condition": {"test": guides, "value": [6, 4]}, "value": [1, 0]},
        "detail": {"field": "parameter", "type": "nominal"},
        "tooltip": _tooltips(measure)[:2],
    }

    def panel(number: int) -> alt.Chart:
        under = alt.selection_point(name=f"under{number}", on="pointerover", fields=["parameter"], empty=False)
        thick = {"param": under.name, "empty": False, "value": size.stroke * 1.8}
        # Of a single step a line cannot be seen, but a point.
        mark = {"type": "line", "point": {"size": size.point}} if steps[runs[number]] == 1 else {"type": "line"}
        width = {"condition": thick, "value": size.stroke * 0.6}
        return alt.Chart(mark=mark, encoding={**encoding, "strokeWidth": width}).add_params(under)

    title = "\n".join(filter(None, (note, spread)))
    return _panels(panel, rows, low_high[0], size.height, present, title)


def _guide_line(rows: pd.DataFrame, height: float) -> pd.DataFrame:
    """A line at one height through all panels. A layer of its own would make panels wider than a page."""
    steps = rows[["run", "step"]].drop_duplicates()
    alone = steps[~steps["run"].duplicated(keep=False)]  # a line needs two ends
    steps = pd.concat([steps, alone.assign(step=alone["step"] + 1)])
    return steps.assign(parameter=GUIDE, place=1, norm=height)


def norm_epochs(frame: pd.DataFrame, present: bool = False) -> alt.Chart:
    """The mean gradient norm of each epoch on a log scale, one line a run. frame: columns run, epoch, norm."""
    if frame.empty:
        return empty(present)
    size, rows = chart_sizes(present), frame.assign(norm=frame["norm"].where(frame["norm"] > 0))
    colour, dash = run_scale(rows["run"], present)
    x = alt.X("epoch:Q", title="Epoch", scale=alt.Scale(nice=False), axis=alt.Axis(tickMinStep=1, format="d"))
    base = alt.Chart(rows).encode(x=x, y=_norm_axis(alt.Y, "norm", norm_limits(rows), f"Mean {NORM}"), color=colour)
    tooltip = [
        "run:N",
        alt.Tooltip("epoch:Q", title="Epoch"),
        alt.Tooltip("norm:Q", title=f"Mean {NORM}", format=".3g"),
    ]
    points = base.mark_point(filled=True, size=size.point, opacity=1).encode(tooltip=tooltip)
    return finish(base.mark_line(strokeWidth=size.stroke).encode(strokeDash=dash) + points, present)


def norm_heatmap(
    frame: pd.DataFrame, note: str = "", limits: tuple[float, float] | None = None, present: bool = False
) -> alt.Chart:
    """Layer × step in viridis of log10(norm), the first layer at the top.

    The frame has a row for each layer: its name is `parameter`, and `kind` is "weight" if it has a kernel or a matrix.
    Of more than 64 layers only those are shown, and the title says so. Neighbouring steps share a cell, which shows
    their geometric mean, so that a chart stays below 4500 cells. Zero has the lowest colour; a cell without any number
    stays open. Several runs make panels, as in `norm_lines`, each as high as the others.
    """
    if frame.empty:
        return empty(present)
    low_high = limits or norm_limits(frame)
    weights = frame[frame["kind"] == "weight"]
    too_many = frame.groupby("run")["parameter"].nunique().max() > ROWS_UP_TO and len(weights)
    title = "\n".join(filter(None, (note, "Only layers with a kernel or a matrix" if too_many else "")))
    rows = _with_place(weights if too_many else frame)
    scale = alt.Scale(scheme="viridis", domain=[float(np.log10(limit)) for limit in low_high])
    legend = alt.Legend(title=f"log10 of the {NORM}", orient="top", direction="horizontal")
    cells = alt.Chart().mark_rect().encode(
        x=alt.X("step:Q", title="Step", scale=alt.Scale(nice=False, zero=False), axis=alt.Axis(format="d", grid=False)),
        x2="under:Q",
        color=alt.Color("log10_norm:Q", scale=scale, legend=legend),
        tooltip=["step:Q", *_tooltips()],
    )  # fmt: skip
    named = rows["place"].max() <= NAMED_UP_TO
    runs = sort_runs(rows["run"])

    def panel(number: int) -> alt.Chart:
        of_run = rows[rows["run"] == runs[number]]
        y = (
            {"y": _by_name(of_run, present, grid=False)}
            if named
            else {"y": _by_place(of_run, "above", "Layer"), "y2": "below:Q"}
        )
        return cells.encode(**y)

    return _panels(panel, rows, low_high[0], _height(named, present), present, title)


def _with_place(frame: pd.DataFrame) -> pd.DataFrame:
    """With column `place`, 1 for the first parameter of a run, 2 for the next …, and sorted by it. Infinity is NaN.

    Where parameters are matched, 1 for the first row, 2 for the next …; a run has none at some of them.
    """
    norms = frame["norm"].astype(float)
    frame = frame.assign(norm=norms.where(np.isfinite(norms)))
    if "matched" in frame:
        rows = frame.assign(place=frame["row"].rank(method="dense").astype(int))
        return rows.sort_values(["run", "place"], ignore_index=True)
    parameters = frame[["run", "parameter", "depth"]].drop_duplicates(["run", "parameter"])
    parameters = parameters.sort_values(["run", "depth"], kind="stable")
    number = parameters.groupby("run").cumcount() + 1
    rows = frame.merge(parameters[["run", "parameter"]].assign(place=number), on=["run", "parameter"])
    return rows.sort_values(["run", "place", *(["step"] if "step" in rows else [])], ignore_index=True)


def _label(norms: pd.Series, lowest: float) -> np.ndarray:
    """What is written instead of a dot: nothing, "0", "not a number", or a norm below the scale."""
    below = [f"◂ {number(norm, 2)}" for norm in norms]
    return np.select([norms.isna(), norms == 0, norms < lowest], ["◂ not a number", "◂ 0", below], "")


def _norm_axis(channel: type, column: str, low_high: tuple[float, float], title: str = NORM) -> alt.X | alt.Y:
    """A log axis with a label at every power of ten, or at every second, third … when there are more than eight."""
    low, high = (round(np.log10(limit)) for limit in low_high)
    values = [float(10.0**power) for power in range(low, high + 1, -(-(high - low) // 8))]
    far = "datum.value < 0.01 || datum.value > 1000"
    label = f"{far} ? replace(format(datum.value, '.0e'), '+', '') : format(datum.value, '~g')"
    axis = alt.Axis(values=values, labelExpr=label, grid=True)
    return channel(f"{column}:Q", title=title, scale=alt.Scale(type="log", domain=low_high, clamp=True), axis=axis)


def _by_name(rows: pd.DataFrame, present: bool, grid: bool = True, column: str = "parameter") -> alt.Y:
    names = list(dict.fromkeys(rows.sort_values("place", kind="stable")[column]))
    axis = alt.Axis(
        labelLimit=NAME_LETTERS * chart_sizes(present).font, labelOverlap=False, labelFlush=False, grid=grid, title=None
    )
    return alt.Y(f"{column}:N", sort=names, scale=alt.Scale(domain=names), axis=axis)


def _by_place(rows: pd.DataFrame, column: str = "place", what: str = "Parameter") -> alt.Y:
    scale = alt.Scale(domain=[0.5, int(rows["place"].max()) + 0.5], reverse=True, nice=False)
    axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    return alt.Y(f"{column}:Q", title=f"{what}, counted from the first layer", scale=scale, axis=axis)


def _height(named: bool, present: bool) -> float | alt.Step:
    return alt.Step(round(chart_sizes(present).font * 1.4)) if named else chart_sizes(present).height * 1.25


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


def _tooltips(measure: str = NORM) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("parameter:N", title="Parameter"),
        alt.Tooltip("place:Q", title="Counted from the first layer"),
        alt.Tooltip("norm:Q", title=measure, format=".3g"),
    ]


def _panels(
    panel: Callable[[int], alt.Chart],
    rows: pd.DataFrame,
    lowest: float,
    height: float | alt.Step,
    present: bool,
    title: str,
) -> alt.Chart:
    """The chart of one run's binned rows, or such panels of several runs below each other, on shared scales.

    panel: its number → the chart without data; names in it must be unique. Below each other, because streamlit fits
    such panels to the width of a page or a telephone; it lets facets run over the edge.
    """
    runs = {run: _binned(rows[rows["run"] == run], lowest) for run in sort_runs(rows["run"].unique())}
    if len(runs) == 1:
        return finish(panel(0).properties(data=runs.popitem()[1]), present, height, title)
    panels = [
        # Named, or Altair names it by a hash of all of its data.
        panel(number).properties(name=f"panel{number}", data=data, title=run, width=PANEL_WIDTH, height=height)
        for number, (run, data) in enumerate(runs.items())
    ]
    steps = rows.groupby("run")["step"].max()
    x = "shared" if steps.max() <= SQUEEZED * steps.min() else "independent"
    return finish(alt.vconcat(*panels).resolve_scale(x=x, color="shared"), present, title=title)


def _spread_over_depth(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows of at most 90 parameters a run, first and last among them, and a note that says so."""
    total = int(rows["place"].max())
    if total <= LINES_UP_TO:
        return rows, ""
    chosen = np.linspace(1, total, LINES_UP_TO).round().astype(int)
    return rows[rows["place"].isin(chosen)], f"{LINES_UP_TO} of {total} parameters are drawn"


def _binned(rows: pd.DataFrame, lowest: float) -> pd.DataFrame:
    """Neighbouring steps of one run as one row: at most 4500 rows, and 120 a parameter.

    Columns parameter, place, above, below (its edges in a heat map), step (the first), middle, under, norm (geometric
    mean of the steps, zeros counted as `lowest`), log10_norm. Steps without a number are left out.
    """
    steps = np.unique(rows["step"])
    columns = int(np.clip(MAX_ROWS // rows["parameter"].nunique(), 1, min(len(steps), POINTS_UP_TO)))
    first = steps[np.linspace(0, len(steps), columns + 1).astype(int)[:-1]]
    until = np.append(first[1:], steps[-1] + 1)
    # A cell reaches a little under the next one, which is drawn over it: otherwise the background shines between them.
    under = np.append(until[:-1] + 0.2 * np.diff(first), until[-1])
    bin_of = np.searchsorted(first, rows["step"], side="right") - 1
    rows = rows.assign(log10_norm=np.log10(rows["norm"].clip(lower=lowest)), at=bin_of)
    binned = rows.groupby(["parameter", "place", "at"], sort=False, as_index=False)["log10_norm"].mean().dropna()
    bin_of, row = binned.pop("at"), binned["place"]
    middle = (first + steps[np.searchsorted(steps, until) - 1]) / 2  # steps that were looked at lie apart
    return binned.assign(
        norm=10 ** binned["log10_norm"], step=first[bin_of], middle=middle[bin_of], under=under[bin_of],
        above=row - 0.5, below=row + 0.5,
    )  # fmt: skip
