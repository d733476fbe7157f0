"""Digits as somebody draws them on the pad with a mouse: skeletons, bent, slanted and stretched at random."""

import itertools

import numpy as np

from explorer.data.drawing import SIDE, Stroke, png

Point = tuple[float, float]


def _arc(x: float, y: float, across: float, down: float, start: float, end: float) -> list[Point]:
    """Part of an ellipse from one angle to another, degrees, clockwise from the right."""
    turned = np.radians(np.linspace(start, end, 14))
    return [(x + across * np.cos(angle), y + down * np.sin(angle)) for angle in turned]


_STEM = [(0.32, 0.28), (0.52, 0.08), (0.52, 0.92)]
_SEVEN = [(0.24, 0.12), (0.76, 0.12), (0.44, 0.92)]
_FIVE = [(0.34, 0.1), (0.31, 0.46), *_arc(0.48, 0.66, 0.27, 0.24, -120, 150)]
# Ways to write each digit in a square of side 1, y downwards: a list of strokes each.
WAYS = {
    "0": [[_arc(0.5, 0.5, 0.28, 0.42, -90, 270)]],
    "1": [[[(0.5, 0.08), (0.5, 0.92)]], [_STEM], [_STEM, [(0.3, 0.92), (0.74, 0.92)]]],
    "2": [[[*_arc(0.5, 0.3, 0.26, 0.22, -170, 20), (0.6, 0.6), (0.25, 0.9), (0.78, 0.9)]]],
    "3": [[_arc(0.47, 0.29, 0.24, 0.2, -150, 80) + _arc(0.47, 0.7, 0.27, 0.22, -80, 150)]],
    "4": [
        [[(0.42, 0.08), (0.22, 0.58), (0.8, 0.58)], [(0.64, 0.3), (0.62, 0.94)]],
        [[(0.62, 0.94), (0.62, 0.08), (0.2, 0.62), (0.82, 0.62)]],
    ],
    "5": [[[(0.74, 0.1), *_FIVE]], [_FIVE, [(0.33, 0.1), (0.76, 0.1)]]],
    "6": [[[(0.64, 0.08), (0.42, 0.3), *_arc(0.5, 0.68, 0.24, 0.23, -170, 190)]]],
    "7": [[_SEVEN], [_SEVEN, [(0.36, 0.52), (0.7, 0.5)]]],
    "8": [[_arc(0.5, 0.28, 0.2, 0.2, 90, 450) + _arc(0.5, 0.7, 0.25, 0.22, -90, 270)]],
    "9": [[[*_arc(0.5, 0.32, 0.23, 0.23, 0, -360), (0.73, 0.32), (0.7, 0.6), (0.62, 0.93)]]],
}


def drawn(digit: str, random: np.random.RandomState) -> bytes:
    """A PNG file of the pad, the brush between 8 and 34 of its 280 units."""
    size, width, slant = random.uniform(110, 240), random.uniform(8, 34), random.uniform(-0.35, 0.12)
    stretch, middle = random.uniform(0.65, 1.05), random.uniform(size / 2 + 10, SIDE - size / 2 - 9, 2)
    bends, phases = random.uniform(-0.05, 0.05, (2, 3)), random.uniform(0, 6, (2, 3))
    strokes = []
    for skeleton in WAYS[digit][random.randint(len(WAYS[digit]))]:
        points = _dense(np.array(skeleton)) - 0.5
        bent = points + np.stack([_bend(points[:, 1 - axis], bends[axis], phases[axis]) for axis in (0, 1)], axis=1)
        bent += random.normal(0, 0.006, bent.shape)
        x, y = (bent[:, 0] - slant * bent[:, 1]) * stretch, bent[:, 1]
        line = np.clip(np.stack([x, y], axis=1) * size + middle, 0, SIDE)
        strokes.append(Stroke("black", width, tuple((float(a), float(b)) for a, b in line)))
    return png(tuple(strokes))


def scribble(random: np.random.RandomState) -> bytes:
    """A line that wanders about."""
    steps = random.randint(48, 180)
    drift = np.cumsum(random.normal(0, 0.3, (steps, 2)), axis=0) * 0.15
    line = np.cumsum(random.normal(0, 1, (steps, 2)) + drift, axis=0)
    line = (line - line.min(axis=0)) / np.ptp(line, axis=0).max() * random.uniform(140, 260) + 10
    return png((Stroke("black", random.uniform(4, 20), tuple((float(x), float(y)) for x, y in line)),))


def _dense(points: np.ndarray) -> np.ndarray:
    """Straight lines as eight points each, so that they can bend; curves as they are."""
    if len(points) > 8:
        return points
    pairs = itertools.pairwise(points)
    return np.concatenate([*(np.linspace(a, b, 8, endpoint=False) for a, b in pairs), points[-1:]])


def _bend(along: np.ndarray, bends: np.ndarray, phases: np.ndarray) -> np.ndarray:
    waves = np.pi * np.arange(1, len(bends) + 1)
    return np.sin(np.outer(along, waves) + phases) @ bends
