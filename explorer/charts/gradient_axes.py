"""What charts of gradient norms share: their scale, their axes, and the place of a parameter in its network.

The frames have a row for each parameter (and step): run; parameter (its name); kind, one of KINDS; depth, that of its
layer; step; norm, the L2 norm of its gradient. Parameters of one depth keep the order of the frame. Of several networks
they may have matched, a name that parameters of different networks share where their layers stand for each other, and
row, its number by depth. What is in one chart has one scale; charts that stand side by side share it through
`limits=norm_limits(all of their rows)`.
"""

import altair as alt
import numpy as np
import pandas as pd

from explorer.charts.sizes import chart_sizes, whole_numbers

# Kinds are told apart by shape, and in a chart of one run also by colour; none of the colours is a run's.
KINDS = {
    "weight": ("weight", "#4477AA", "circle"),
    "bias": ("bias", "#EE6677", "triangle-up"),
    "scale": ("batch-norm scale", "#228833", "square"),
    "shift": ("batch-norm shift", "#BB5599", "diamond"),
}
NORM = "L2 norm of the gradient"
NAMED_UP_TO = 40  # parameters; more names could not be read below each other
NAME_LETTERS = 15  # of the widest names at the side of a chart, in font sizes


def norm_limits(frame: pd.DataFrame) -> tuple[float, float]:
    """Powers of ten around the norms of the frame that are above zero: the scale that compared charts share.

    Biases do not extend it downwards: those before batch norm, whose gradient is rounding error, would take half of it.
    """
    frame = frame[np.isfinite(frame["norm"]) & (frame["norm"] > 0)]
    if frame.empty:
        return 0.1, 10.0
    others = frame[frame["kind"] != "bias"] if "kind" in frame else frame
    lowest, highest = (frame if others.empty else others)["norm"].min(), frame["norm"].max()
    low, high = np.floor(np.log10(lowest)), np.ceil(np.log10(highest))
    return float(10.0**low), float(10.0 ** max(high, low + 1))


def with_place(frame: pd.DataFrame) -> pd.DataFrame:
    """Adds the column `place`, 1 for the first parameter of a run, 2 for the next …, and sorts by it. Infinity becomes
    NaN.

    If parameters are matched, 1 for the first row, 2 for the next …; a run lacks some of them.
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


def norm_axis(channel: type, column: str, low_high: tuple[float, float], title: str = NORM) -> alt.X | alt.Y:
    """A log axis with a label at every power of ten, or at every second, third … if there are more than eight."""
    low, high = (round(np.log10(limit)) for limit in low_high)
    values = [float(10.0**power) for power in range(low, high + 1, -(-(high - low) // 8))]
    far = "datum.value < 0.01 || datum.value > 1000"
    label = f"{far} ? replace(format(datum.value, '.0e'), '+', '') : format(datum.value, '~g')"
    axis = alt.Axis(values=values, labelExpr=label, grid=True)
    return channel(f"{column}:Q", title=title, scale=alt.Scale(type="log", domain=low_high, clamp=True), axis=axis)


def by_name(rows: pd.DataFrame, present: bool, grid: bool = True, column: str = "parameter") -> alt.Y:
    """The y axis of named parameters, the first layer's at the top."""
    names = list(dict.fromkeys(rows.sort_values("place", kind="stable")[column]))
    axis = alt.Axis(
        labelLimit=NAME_LETTERS * chart_sizes(present).font, labelOverlap=False, labelFlush=False, grid=grid, title=None
    )
    return alt.Y(f"{column}:N", sort=names, scale=alt.Scale(domain=names), axis=axis)


def by_place(rows: pd.DataFrame, column: str = "place", what: str = "Parameter") -> alt.Y:
    """The y axis of `column`, a place in depth, the first at the top. `what`: what is counted."""
    last = int(rows["place"].max())
    scale = alt.Scale(domain=[0.5, last + 0.5], reverse=True, nice=False)
    axis = alt.Axis(**whole_numbers(1, last), grid=False)
    return alt.Y(f"{column}:Q", title=f"{what}, counted from the first layer", scale=scale, axis=axis)


def rows_height(named: bool, present: bool) -> float | alt.Step:
    """Height of a chart with a row for each parameter: room for their names, or a quarter more than other charts."""
    return alt.Step(round(chart_sizes(present).font * 1.4)) if named else chart_sizes(present).height * 1.25


def tooltips(measure: str = NORM) -> list[alt.Tooltip]:
    """The tooltip of a parameter: name, place and norm, or what the column norm contains."""
    return [
        alt.Tooltip("parameter:N", title="Parameter"),
        alt.Tooltip("place:Q", title="Counted from the first layer"),
        alt.Tooltip("norm:Q", title=measure, format=".3g"),
    ]
