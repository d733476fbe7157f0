"""How gradients flow over the steps of training: norms as lines and as a heat map, in panels on one scale.

The frames are those of `gradient_axes`.
"""

from collections.abc import Callable

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.gradient_axes import (
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
from explorer.charts.palette import NEUTRAL, VIRIDIS, sort_runs
from explorer.charts.sizes import MAX_ROWS, chart_sizes, empty, finish, whole_numbers

GUIDE = "guide"  # stands for a parameter in the data of a line at one height
ROWS_UP_TO = 64  # layers in a heat map of all layers; if there are more, only those with a kernel or a matrix are shown
LINES_UP_TO = 90
POINTS_UP_TO = 120  # along a line, and columns of a heat map
SQUEEZED = 4  # a run this many times shorter than another gets its own axis of steps
PANEL_WIDTH = 600  # pixels of the panels of several runs, if nothing stretches them as streamlit does


def norm_lines(
    frame: pd.DataFrame,
    note: str = "",
    limits: tuple[float, float] | None = None,
    present: bool = False,
    measure: str = NORM,
    guide: float | None = None,
) -> alt.Chart:
    """Norms over the steps, one line per parameter, in viridis from the first layer (dark) to the last (light).

    A point is the geometric mean over neighbouring steps, at most 120 per line. At most 90 lines are drawn, spread
    evenly over the depth, and the title says so. Norms of zero are drawn on the lower edge. Several runs make panels
    below each other on one scale. `measure`: what the column norm contains, if not the norm; `guide`: a dashed rule at
    this height.
    """
    if frame.empty:
        return empty(present)
    size, low_high = chart_sizes(present), limits or norm_limits(frame)
    rows, spread = _spread_over_depth(with_place(frame))
    runs, steps = sort_runs(rows["run"].unique()), rows.groupby("run")["step"].nunique()
    if guide is not None:
        rows = pd.concat([rows, _guide_line(rows, guide)], ignore_index=True)
    encoding = _line_encoding(low_high, measure)
    marks = _marks(rows)

    def panel(number: int) -> alt.Chart:
        under = alt.selection_point(name=f"under{number}", on="pointerover", fields=["parameter"], empty=False)
        thick = {"param": under.name, "empty": False, "value": size.stroke * 1.8}
        # A single step makes no visible line, so it gets a point.
        mark = {"type": "line", "point": {"size": size.point}} if steps[runs[number]] == 1 else {"type": "line"}
        width = {"condition": thick, "value": size.stroke * 0.6}
        x = {**encoding["x"], "axis": marks[runs[number]]}
        return alt.Chart(mark=mark, encoding={**encoding, "x": x, "strokeWidth": width}).add_params(under)

    title = "\n".join(filter(None, (note, spread)))
    return _panels(panel, rows, low_high[0], size.height, present, title)


def _line_encoding(low_high: tuple[float, float], measure: str) -> dict:
    """Dictionaries in Vega-Lite's form: Altair's channels would be validated again and again while a run trains."""
    ramp = [f"#{stop}" for stop in VIRIDIS.split()[5:28]]  # its ends are invisible on dark and on white
    guides = f"(datum.parameter === '{GUIDE}')"
    return {
        "x": {
            "field": "middle",
            "type": "quantitative",
            "title": "Step",
            "scale": {"nice": False},
        },
        "y": norm_axis(alt.Y, "norm", low_high, measure),
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
        "tooltip": tooltips(measure)[:2],
    }


def _guide_line(rows: pd.DataFrame, height: float) -> pd.DataFrame:
    """A line at one height through all panels. A separate layer would make panels wider than the page."""
    steps = rows[["run", "step"]].drop_duplicates()
    alone = steps[~steps["run"].duplicated(keep=False)]  # a line needs two ends
    steps = pd.concat([steps, alone.assign(step=alone["step"] + 1)])
    return steps.assign(parameter=GUIDE, place=1, norm=height)


def norm_heatmap(
    frame: pd.DataFrame, note: str = "", limits: tuple[float, float] | None = None, present: bool = False
) -> alt.Chart:
    """Layer × step in viridis of log10(norm), the first layer at the top.

    The frame has a row for each layer: its name is `parameter`, and `kind` is "weight" if it has a kernel or a matrix.
    If there are more than 64 layers only those are shown, and the title says so. Neighbouring steps share a cell, which
    shows their geometric mean, so that a chart has fewer than 4500 cells. Zero has the lowest colour; a cell without
    any number stays empty. Several runs make panels, as in `norm_lines`, all of the same height.
    """
    if frame.empty:
        return empty(present)
    low_high = limits or norm_limits(frame)
    weights = frame[frame["kind"] == "weight"]
    too_many = frame.groupby("run")["parameter"].nunique().max() > ROWS_UP_TO and len(weights)
    title = "\n".join(filter(None, (note, "Only layers with a kernel or a matrix" if too_many else "")))
    rows = with_place(weights if too_many else frame)
    scale = alt.Scale(scheme="viridis", domain=[float(np.log10(limit)) for limit in low_high])
    legend = alt.Legend(title=f"log10 of the {NORM}", orient="top", direction="horizontal")
    cells = alt.Chart().mark_rect().encode(
        x2="under:Q",
        color=alt.Color("log10_norm:Q", scale=scale, legend=legend),
        tooltip=["step:Q", *tooltips()],
    )  # fmt: skip
    named = rows["place"].max() <= NAMED_UP_TO
    runs, marks = sort_runs(rows["run"]), _marks(rows)

    def panel(number: int) -> alt.Chart:
        of_run = rows[rows["run"] == runs[number]]
        y = (
            {"y": by_name(of_run, present, grid=False)}
            if named
            else {"y": by_place(of_run, "above", "Layer"), "y2": "below:Q"}
        )
        axis = alt.Axis(**marks[runs[number]], grid=False)
        return cells.encode(alt.X("step:Q", title="Step", scale=alt.Scale(nice=False, zero=False), axis=axis), **y)

    return _panels(panel, rows, low_high[0], rows_height(named, present), present, title)


def _panels(
    panel: Callable[[int], alt.Chart],
    rows: pd.DataFrame,
    lowest: float,
    height: float | alt.Step,
    present: bool,
    title: str,
) -> alt.Chart:
    """The chart of one run's binned rows, or such panels of several runs below each other, on shared scales.

    `panel`: its number → the chart without data; names in it must be unique. Below each other, because streamlit fits
    such panels to the width of a page or a phone, whereas facets run over the edge.
    """
    runs = {run: _binned(rows[rows["run"] == run], lowest) for run in sort_runs(rows["run"].unique())}
    if len(runs) == 1:
        return finish(panel(0).properties(data=runs.popitem()[1]), present, height, title)
    panels = [
        # Named, because otherwise Altair names it by a hash of all its data.
        panel(number).properties(name=f"panel{number}", data=data, title=run, width=PANEL_WIDTH, height=height)
        for number, (run, data) in enumerate(runs.items())
    ]
    x = "shared" if _one_axis(rows) else "independent"
    return finish(alt.vconcat(*panels).resolve_scale(x=x, color="shared"), present, title=title)


def _one_axis(rows: pd.DataFrame) -> bool:
    """Whether all runs have about the same length."""
    steps = rows.groupby("run")["step"].max()
    return bool(steps.max() <= SQUEEZED * steps.min())


def _marks(rows: pd.DataFrame) -> dict[str, dict]:
    """Run → the ticks of its x axis. Not WHOLE: panels below each other have scales with their own names."""
    ends = rows.groupby("run")["step"].agg(["min", "max"])
    if _one_axis(rows):
        ends["min"], ends["max"] = ends["min"].min(), ends["max"].max()
    return {run: whole_numbers(row["min"], row["max"]) for run, row in ends.iterrows()}


def _spread_over_depth(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows of at most 90 parameters per run, including the first and the last, and a note that says so."""
    total = int(rows["place"].max())
    if total <= LINES_UP_TO:
        return rows, ""
    chosen = np.linspace(1, total, LINES_UP_TO).round().astype(int)
    return rows[rows["place"].isin(chosen)], f"{LINES_UP_TO} of {total} parameters are drawn"


def _binned(rows: pd.DataFrame, lowest: float) -> pd.DataFrame:
    """Neighbouring steps of one run as one row: at most 4500 rows, and 120 per parameter.

    Columns parameter, place, above, below (its edges in a heat map), step (the first), middle, under, norm (geometric
    mean of the steps, zeros counted as `lowest`), log10_norm. Steps without a number are left out.
    """
    steps = np.unique(rows["step"])
    columns = int(np.clip(MAX_ROWS // rows["parameter"].nunique(), 1, min(len(steps), POINTS_UP_TO)))
    first = steps[np.linspace(0, len(steps), columns + 1).astype(int)[:-1]]
    until = np.append(first[1:], steps[-1] + 1)
    # Each cell extends a little below the next one, which covers it: otherwise the background would show between them.
    under = np.append(until[:-1] + 0.2 * np.diff(first), until[-1])
    bin_of = np.searchsorted(first, rows["step"], side="right") - 1
    rows = rows.assign(log10_norm=np.log10(rows["norm"].clip(lower=lowest)), at=bin_of)
    binned = rows.groupby(["parameter", "place", "at"], sort=False, as_index=False)["log10_norm"].mean().dropna()
    bin_of, row = binned.pop("at"), binned["place"]
    middle = (first + steps[np.searchsorted(steps, until) - 1]) / 2  # the measured steps are not consecutive
    return binned.assign(
        norm=10 ** binned["log10_norm"], step=first[bin_of], middle=middle[bin_of], under=under[bin_of],
        above=row - 0.5, below=row + 0.5,
    )  # fmt: skip
