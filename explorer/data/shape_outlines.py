"""The ten outlines of `shapes`, in whole numbers: no rounding, so no two machines differ."""

from collections.abc import Sequence

import numpy as np

CLASSES = ("arrow", "circle", "crescent", "cross", "heart", "hourglass", "ring", "square", "star", "triangle")
UNIT = 256  # the radius of the circle that holds every outline; x to the right, y downwards

ARROW = (0, -240), (190, -20), (80, -20), (80, 230), (-80, 230), (-80, -20), (-190, -20)
CROSS = (
    (-75, -235), (75, -235), (75, -75), (235, -75), (235, 75), (75, 75), (75, 235), (-75, 235), (-75, 75), (-235, 75),
    (-235, -75), (-75, -75),
)  # fmt: skip
HEART = (-211, -25), (211, -25), (0, 235)  # its tip; two circles lie above
HOURGLASS = (-160, -195), (160, -195), (-160, 195), (160, 195)  # crosses itself in the middle
SQUARE = (-172, -172), (172, -172), (172, 172), (-172, 172)
STAR = (
    (0, -250), (62, -85), (238, -77), (100, 32), (147, 202), (0, 105), (-147, 202), (-100, 32), (-238, -77), (-62, -85)
)  # fmt: skip
TRIANGLE = (0, -245), (212, 122), (-212, 122)


def outlines() -> np.ndarray:
    """What is inside each outline at every second x and y, bool (classes, 257, 257)."""
    y, x = np.mgrid[-UNIT : UNIT + 1 : 2, -UNIT : UNIT + 1 : 2]

    def disc(radius: int, at_x: int = 0, at_y: int = 0) -> np.ndarray:
        return (x - at_x) ** 2 + (y - at_y) ** 2 <= radius**2

    inside = {
        "arrow": polygon(x, y, ARROW),
        "circle": disc(205),
        "crescent": disc(235) & ~disc(200, 105),
        "cross": polygon(x, y, CROSS),
        "heart": polygon(x, y, HEART) | disc(118, -105, -75) | disc(118, 105, -75),
        "hourglass": polygon(x, y, HOURGLASS),
        "ring": disc(232) & ~disc(130),
        "square": polygon(x, y, SQUARE),
        "star": polygon(x, y, STAR),
        "triangle": polygon(x, y, TRIANGLE),
    }
    return np.stack([inside[name] for name in CLASSES])


def polygon(x: np.ndarray, y: np.ndarray, corners: Sequence[tuple[int, int]]) -> np.ndarray:
    """Which points are inside, by the even-odd rule: a ray to the right crosses the outline an odd number of times."""
    inside = np.zeros(x.shape, bool)
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if y0 == y1:
            continue
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        inside ^= (y0 <= y) & (y < y1) & ((x - x0) * (y1 - y0) < (x1 - x0) * (y - y0))
    return inside
