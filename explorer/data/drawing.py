"""A drawing made of strokes, as an image. It comes from a browser, so it is checked here."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from explorer.errors import UserError

SIDE = 280  # of the pad, in its own units
BRUSHES = 4, 60  # the thinnest and the thickest
MOST_STROKES, MOST_POINTS = 500, 20_000
PAPER = "#ffffff"
INK = {"black": "#141414"}
COLOURS = INK | {
    "red": "#d62728",
    "orange": "#ff9d2e",
    "yellow": "#ffd92f",
    "green": "#2a9d3a",
    "blue": "#1f6fd6",
    "brown": "#8c5a2b",
    "grey": "#8f8f8f",
    "white (eraser)": PAPER,
}
Points = Sequence[Sequence[float]]  # pairs of x and y
_FINER = 2  # drawn at twice the size, then averaged: smooth edges


@dataclass(frozen=True)
class Stroke:
    """A line that was drawn without lifting the brush."""

    colour: str  # a key of COLOURS
    width: float  # of the brush, in units of the pad
    points: tuple[tuple[float, float], ...]  # (x, y) from the top left, each in [0, SIDE]; one alone is a dot


def strokes(rows: Sequence[tuple[str, float, Points]]) -> tuple[Stroke, ...]:
    """Strokes from rows of [colour, width, [[x, y], …]]. Raises UserError if nobody could have drawn them on the
    pad."""
    try:
        drawn = tuple(_stroke(*row) for row in rows[: MOST_STROKES + 1])
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise UserError("The drawing could not be read: clear the pad and draw again.") from error
    points = sum(len(stroke.points) for stroke in drawn)
    if len(drawn) > MOST_STROKES or points > MOST_POINTS:
        raise UserError(
            f"The drawing has over {MOST_STROKES} strokes or {MOST_POINTS:,} points: clear the pad and draw with fewer."
        )
    return drawn


def _stroke(colour: str, width: float, points: Points) -> Stroke:
    low, high = BRUSHES
    if colour not in COLOURS or not points:
        raise ValueError(f"{colour}, {len(points)} points")
    line = tuple((_within(x, 0, SIDE), _within(y, 0, SIDE)) for x, y in points[: MOST_POINTS + 1])
    return Stroke(colour, _within(width, low, high), line)


def _within(value: float, low: float, high: float) -> float:
    if not math.isfinite(value):
        raise ValueError(value)
    return min(max(float(value), low), high)


def rendered(drawn: tuple[Stroke, ...]) -> Image.Image:
    """The drawing on white paper: RGB, SIDE × SIDE pixels, brushes round."""
    page = Image.new("RGB", (SIDE * _FINER, SIDE * _FINER), PAPER)
    draw = ImageDraw.Draw(page)
    for stroke in drawn:
        colour, radius = COLOURS[stroke.colour], stroke.width * _FINER / 2
        line = [(x * _FINER, y * _FINER) for x, y in stroke.points]
        draw.line(line, fill=colour, width=round(2 * radius))
        for x, y in line:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return page.reduce(_FINER)


def png(drawn: tuple[Stroke, ...]) -> bytes:
    """`rendered` as the bytes of a PNG file."""
    content = io.BytesIO()
    rendered(drawn).save(content, "PNG")
    return content.getvalue()
