"""What a unit sees, drawn on its image."""

import numpy as np

from explorer.charts.images import overlay, rgb, upscale
from explorer.charts.palette import MISSING_GREY
from explorer.insights.receptive_field import Field

Unit = tuple[int, int]  # its row and column on the map
OUTSIDE = 0.25  # of the image's side: how much of the outside is shown, if a field reaches there
# The square's line is light with a dark edge, so that it is visible on any image.
LIGHT, DARK = 255, 17


def receptive_square(
    image: np.ndarray,
    field: Field,
    unit: Unit,
    side: int = 640,
    outside: int | None = None,
    centre: bool = False,
) -> np.ndarray:
    """The square of a unit on its image: uint8 (C, H, W) → uint8 (H', W', 3), about `side` pixels.

    Grey is outside the image, where there is only padding; a side of the square that is farther away is not drawn.
    `outside`: how many pixels of that to show, for images side by side; by default as many as this field needs.
    `centre`: also mark the middle of the square, for a square whose sides are not visible.
    """
    return _with_square(rgb(image), field, unit, side, outside, centre)


def effective_square(
    image: np.ndarray,
    field: Field,
    unit: Unit,
    effective: np.ndarray,
    side: int = 640,
    outside: int | None = None,
) -> np.ndarray:
    """`receptive_square`, its image under `effective`, float (H, W), in viridis from zero to its largest value."""
    shown = overlay(image, effective, 0.0, float(effective.max()) or 1.0, 0.9)
    return _with_square(shown, field, unit, side, outside, centre=False)


def _with_square(
    shown: np.ndarray, field: Field, unit: Unit, side: int, outside: int | None, centre: bool
) -> np.ndarray:
    """`shown`: uint8 (H, W, 3)."""
    height, width = shown.shape[:2]
    margin = square_reach(field, height, unit) if outside is None else outside
    canvas = np.full((height + 2 * margin, width + 2 * margin, 3), MISSING_GREY, dtype=np.uint8)
    canvas[margin : margin + height, margin : margin + width] = shown
    factor = max(1, round(side / max(canvas.shape[:2])))
    canvas = upscale(canvas, factor)
    top, left = ((field.start(index) + margin) * factor for index in unit)
    # In an image of any size, and even in a small square, all three can be told apart.
    thick = max(1, min(max(canvas.shape[:2]) // 100, field.size * factor // 8))
    for inset, shade in ((0, DARK), (thick, LIGHT), (2 * thick, DARK)):
        _outline(canvas, top + inset, left + inset, field.size * factor - 2 * inset, thick, shade)
    if centre:
        y, x = (round((field.centre(index) + margin + 0.5) * factor) for index in unit)
        for reach, shade in ((3 * thick, DARK), (2 * thick, LIGHT)):
            canvas[max(0, y - reach) : max(0, y + reach), max(0, x - reach) : max(0, x + reach)] = shade
    return canvas


def field_part(image: np.ndarray, field: Field, unit: Unit, side: int = 128) -> np.ndarray:
    """Only what the unit sees: uint8 (C, H, W) → uint8 (H', W', 3), about `side` pixels.

    Grey is outside the image.
    """
    row, column = unit
    part = np.full((field.size, field.size, 3), MISSING_GREY, dtype=np.uint8)
    (top, bottom), (left, right) = (
        (max(field.start(index), 0), min(field.start(index) + field.size, length))
        for index, length in zip(unit, image.shape[1:], strict=True)
    )
    y, x = top - field.start(row), left - field.start(column)
    part[y : y + bottom - top, x : x + right - left] = rgb(image)[top:bottom, left:right]
    return upscale(part, max(1, side // field.size))


def square_reach(field: Field, size: int, unit: Unit) -> int:
    """Pixels outside an image of `size` pixels that are shown for this unit: 0 if its square is inside."""
    start = min(map(field.start, unit))
    end = max(map(field.start, unit)) + field.size
    needed = max(0, -start, end - size)
    return min(needed + (needed > 0), round(OUTSIDE * size))


def _outline(canvas: np.ndarray, top: int, left: int, side: int, thick: int, shade: int) -> None:
    """The four edges of a square; parts outside the canvas are left out."""
    if side < 2 * thick:
        return

    def paint(y: int, x: int, height: int, width: int) -> None:
        canvas[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = shade

    paint(top, left, thick, side)
    paint(top + side - thick, left, thick, side)
    paint(top, left, side, thick)
    paint(top, left + side - thick, side, thick)
