"""The colours: a run has the same one everywhere, magnitudes are viridis, signed values blue to orange around zero."""

import re
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from explorer.samples import PAIR

if TYPE_CHECKING:
    import altair as alt

# Near those of Okabe and Ito (2008), in their order, without black and with brown for yellow, but 3.1 : 1 or more on
# white and on the dark background (WCAG 2.2, 1.4.11, asks for 3 : 1). Two are at least 18 apart in CIELAB for red-,
# green- and blue-blind eyes (Machado 2009) and 32 for others. Found by a search; test_palette.py measures both.
RUN_COLOURS = ("#C88400", "#199BD9", "#2D8346", "#3F5FC0", "#F35D67", "#BC7EA4", "#AB450D")
# Pixels on, off, on, …: each run has the next dash, as it has the next colour. Seven and six have no common divisor, so
# that 42 runs in a row differ, and two with neighbouring numbers can be told apart without their colours.
RUN_DASHES = ((1, 0), (8, 4), (2, 3), (10, 3, 2, 3), (16, 6), (5, 2, 5, 6))
SAMPLES = dict(zip(PAIR, (26, 25), strict=True))  # like those runs: coral and dashed, blue and solid

NEUTRAL = "#757d89"  # for what belongs to no run: 4.2 : 1 on white and 4.3 : 1 on the dark background
MISSING_GREY = 128  # level of all three channels, for values that are not a number

# van der Walt and Smith (2015), every eighth of the 256 entries; between them linear, at most 3/255 off.
VIRIDIS = (
    "440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b 375b8d 33638d 2f6b8e 2c728e 297a8e 26828e 23898e "
    "21918c 1f988b 1fa088 22a785 28ae80 32b67a 3fbc73 4ec36b 5ec962 70cf57 84d44b 98d83e addc30 c2df23 d8e219 ece51b "
    "fde725"
)
BLUE_ORANGE = "0b3c6f 2a6fb0 6ba8d6 b9d7ec f5f5f5 fbd3a4 ef9f4a c96a14 7f3b06"  # equally light on both sides


def _table(stops: str) -> np.ndarray:
    """uint8 (256, 3) through evenly spaced stops."""
    stops_rgb = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in stops.split()], dtype=float)
    positions, places = np.linspace(0, len(stops_rgb) - 1, 256), np.arange(len(stops_rgb))
    return np.stack([np.interp(positions, places, channel) for channel in stops_rgb.T], axis=1).round().astype(np.uint8)


SEQUENTIAL = _table(VIRIDIS)
DIVERGING = _table(BLUE_ORANGE)
COLOUR_MAPS = {  # name → (for magnitudes, for signed values), from dark to bright or from against to for
    "viridis": (SEQUENTIAL, DIVERGING),
    "heat": (_table("000000 7f0000 e03b00 ffa200 ffffa0"), _table("08306b 4292c6 f7f7f7 ef3b2c 67000d")),
    "grey": (_table("000000 ffffff"), _table("000000 808080 ffffff")),
}


def run_number(run_id: str) -> int:
    """The number at the end of a run's id, or a sample's; any other id gets a number that is always the same."""
    if run_id in SAMPLES:
        return SAMPLES[run_id]
    found = re.search(r"(\d+)$", run_id)
    return int(found[1]) if found else zlib.crc32(run_id.encode()) % 1000


def sort_runs(run_ids: Iterable[str]) -> list[str]:
    """Each id once, by its number, so that legends and tooltips have one order."""
    return sorted(set(run_ids), key=lambda run: (run_number(run), run))


def colour(run_id: str) -> str:
    """The colour of a run, "#rrggbb": runs 1, 8, 15 … have the same colour and differ in their dash."""
    return RUN_COLOURS[(run_number(run_id) - 1) % len(RUN_COLOURS)]


def dash(run_id: str) -> list[int]:
    """The line dash of a run, in pixels on and off: solid for runs 1, 7, 13 …, then dashes, then dots …"""
    return dash_at(run_number(run_id) - 1)


def dash_at(place: int) -> list[int]:
    """The dash of a line by its place among others, counted from 0."""
    return list(RUN_DASHES[place % len(RUN_DASHES)])


def run_scale(
    run_ids: Iterable[str], present: bool = False, symbol: str = "stroke", beside: float | None = None
) -> "tuple[alt.Color, alt.StrokeDash]":
    """The colour and dash encodings of column `run`, which Vega-Lite shows as one legend below the chart.

    `symbol`: what the legend shows, "stroke" for lines, "square" for bars, "circle" for dots. `beside`: pixels of the
    axis beside the plot, if it is wide.
    """
    import altair as alt

    from explorer.charts.sizes import chart_sizes, legend_columns, line_legend

    runs, font = sort_runs(run_ids), chart_sizes(present).font
    shape = {} if symbol == "stroke" else {"symbolType": symbol, "symbolSize": font**2}
    columns = legend_columns(runs, present, beside)
    # without an opacity the symbols take that of what a click dims
    legend = alt.Legend(**line_legend(runs, present, "bottom", symbolOpacity=1, columns=columns, **shape))
    thicker = (
        chart_sizes(present).stroke / chart_sizes(False).stroke
    )  # dashes grow with the line, or its width would close their gaps
    colours, dashes = [colour(run) for run in runs], [[thicker * pixels for pixels in dash(run)] for run in runs]
    return (
        alt.Color("run:N", scale=alt.Scale(domain=runs, range=colours), legend=legend),
        alt.StrokeDash("run:N", scale=alt.Scale(domain=runs, range=dashes), legend=legend),
    )


def limits(*arrays: np.ndarray, signed: bool = False) -> tuple[float, float]:
    """The scale that all of these share: (lowest, highest) finite value, or ±the largest magnitude if signed."""
    values = np.concatenate([np.asarray(array, dtype=np.float64).ravel() for array in arrays] or [np.empty(0)])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if signed:
        high = max(abs(low), abs(high)) or 1.0
        return -high, high
    return (low, high) if high > low else (low, low + 1.0)


def sequential(values: np.ndarray, low: float, high: float, colours: str = "viridis") -> np.ndarray:
    """Viridis, or another of COLOUR_MAPS, from low to high. `values`: any shape (…). Returns uint8 (…, 3); values that
    are not a number are grey."""
    return _look_up(COLOUR_MAPS[colours][0], values, low, high)


def diverging(values: np.ndarray, limit: float, colours: str = "viridis") -> np.ndarray:
    """Blue below zero, near-white at zero, orange above (or as another of COLOUR_MAPS), the full colours at ±limit.
    Returns uint8 (…, 3)."""
    return _look_up(COLOUR_MAPS[colours][1], values, -limit, limit)


def _look_up(table: np.ndarray, values: np.ndarray, low: float, high: float) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    fraction = (np.nan_to_num(values, nan=low, posinf=high, neginf=low) - low) / ((high - low) or 1.0)
    colours = table[np.clip(fraction * 255 + 0.5, 0, 255).astype(np.uint8)]
    colours[np.isnan(values)] = MISSING_GREY
    return colours
