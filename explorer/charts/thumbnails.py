"""Small pictures for cards, as SVG that is readable on light and dark: one shape for all, and no text except "sketch".

An SVG in a card does not know whether the page is light or dark, so names and axes are text below it.

They are drawn without Altair, so that a page of cards appears before anything heavy is imported.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.charts.images import data_url
from explorer.charts.palette import NEUTRAL, SEQUENTIAL

WIDTH, HEIGHT, EDGE = 240, 112, 8  # units of the picture
WORD = 20  # of its height, for the word above a sketch


@dataclass(frozen=True)
class Line:
    """A curve: its values in order, None for a missing one."""

    values: Sequence[float | None]
    colour: str
    dash: Sequence[float] = (1, 0)
    width: float = 3  # of the stroke
    reach: float = 1  # how far across its last value is


def lines(curves: Sequence[Line], low: float | None = None, high: float | None = None, log: bool = False) -> str:
    """The curves on one scale, from `low` to `high`, by default from the lowest value to the highest."""
    drawn = [[_height(value, log) for value in curve.values] for curve in curves]
    finite = [value for values in drawn for value in values if value is not None]
    bottom = min(finite, default=0.0) if low is None else low
    top = max(finite, default=1.0) if high is None else high
    parts = [_axes()]
    for curve, values in zip(curves, drawn, strict=True):
        steps = max(len(values) - 1, 1) / curve.reach
        points = [_place(index / steps, value, bottom, top) for index, value in enumerate(values) if value is not None]
        dash = "" if curve.dash[1] == 0 else f' stroke-dasharray="{" ".join(f"{each:g}" for each in curve.dash)}"'
        style = f'fill="none" stroke="{curve.colour}" stroke-width="{curve.width:g}" stroke-linejoin="round"{dash}'
        parts.append(f'<polyline points="{" ".join(points)}" {style}/>')
        radius = curve.width + 0.5
        parts += [f'<circle cx="{x}" cy="{y}" r="{radius:g}" fill="{curve.colour}"/>' for x, y in _ends(points)]
    return _svg(parts)


def dots(rows: Sequence[Line]) -> str:
    """A row of dots for each, its values from left (the lowest of all) to right."""
    finite = [value for row in rows for value in row.values if value is not None and math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    parts = [_axes()]
    for index, row in enumerate(rows):
        y = EDGE + (index + 0.5) * (HEIGHT - 2 * EDGE) / len(rows)
        dash = f'stroke-dasharray="{" ".join(f"{each:g}" for each in row.dash)}"' if row.dash[1] else ""
        line = f'x1="{EDGE}" x2="{WIDTH - EDGE}" y1="{y:.1f}" y2="{y:.1f}"'
        parts.append(f'<line {line} stroke="{row.colour}" stroke-width="1.5" opacity="0.6" {dash}/>')
        for value in row.values:
            if value is not None and math.isfinite(value):
                x = _across((value - low) / ((high - low) or 1.0))
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{row.colour}"/>')
    return _svg(parts)


def sketch(picture: str) -> str:
    """A picture by this module that shows no measured number, labelled as a sketch."""
    frame = f'x="1" y="1" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="6" fill="none" stroke-dasharray="4 4"'
    word = f'x="{WIDTH - 12}" y="20" text-anchor="end" font-family="sans-serif" font-size="16" font-weight="700"'
    marks = f'<rect {frame} stroke="{NEUTRAL}"/><text {word} fill="{NEUTRAL}">sketch</text>'
    opening, _, content = picture.partition(">")
    below = f'<g transform="translate(0 {WORD}) scale(1 {1 - WORD / HEIGHT:.3f})">'
    return f"{opening}>{marks}{below}{content.removesuffix('</svg>')}</g></svg>"


def tiles(images: Sequence[np.ndarray]) -> str:
    """Images side by side, uint8 (H, W, 3) each, as large as they fit, with sharp pixels."""
    room = (WIDTH - EDGE * (len(images) + 1)) / max(len(images), 1)
    parts = []
    for index, image in enumerate(images):
        place = f'x="{EDGE + index * (room + EDGE):.1f}" y="{EDGE / 2}" width="{room:.1f}" height="{HEIGHT - EDGE}"'
        parts.append(f'<image href="{data_url(image)}" {place} style="image-rendering:pixelated"/>')
    return _svg(parts)


def mistakes(confusion: np.ndarray) -> np.ndarray:
    """A confusion matrix as pixels, uint8 (K, K, 3): correct predictions are grey, mistakes are brighter the more
    frequent they are.

    `confusion`: whole numbers (K, K), rows are true classes.
    """
    wrong = confusion * (1 - np.eye(len(confusion), dtype=int))
    shade = 64 + (191 * wrong / max(int(wrong.max()), 1)).astype(int)
    pixels = SEQUENTIAL[shade]
    pixels[wrong == 0] = (58, 62, 70)
    pixels[np.eye(len(confusion), dtype=bool)] = (150, 155, 163)
    return pixels


def _height(value: float | None, log: bool) -> float | None:
    if value is None or not math.isfinite(value) or (log and value <= 0):
        return None
    return math.log10(value) if log else value


def _place(share: float, value: float, bottom: float, top: float) -> str:
    x = _across(share)
    y = HEIGHT - EDGE - 4 - (value - bottom) / ((top - bottom) or 1.0) * (HEIGHT - 2 * EDGE - 8)
    return f"{x:.1f},{y:.1f}"


def _across(share: float) -> float:
    """x at this share of the width, from left to right."""
    return EDGE + 6 + share * (WIDTH - 2 * EDGE - 12)


def _ends(points: list[str]) -> list[list[str]]:
    return [point.split(",") for point in points[-1:]]


def _axes() -> str:
    corner = f"{EDGE},{EDGE} {EDGE},{HEIGHT - EDGE} {WIDTH - EDGE},{HEIGHT - EDGE}"
    return f'<polyline points="{corner}" fill="none" stroke="{NEUTRAL}" stroke-width="1" opacity="0.6"/>'


def _svg(parts: Sequence[str]) -> str:
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
