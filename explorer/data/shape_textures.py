"""Backgrounds and colours of `shapes`, in whole numbers."""

import numpy as np

TURN = 1536  # steps of a turn of the colour circle, 256 for each of red → yellow → green → cyan → blue → magenta
GRAIN = 7  # levels that a pixel may be brighter or darker by
LATTICE = 5  # points a side of the clouds


def backgrounds(random: np.random.RandomState, count: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """(backgrounds, colours of the shapes on them): both int32 (count, 3, side, side), 0 to 255.

    A background has two shades of one hue; the shape's hue is at least a quarter turn away, and it is bright on a dark
    background and dark on a bright one.
    """
    hue = _draw(random, count, 0, TURN - 1)
    bright = _draw(random, count, 0, 1)
    shades = []
    for step in (0, _draw(random, count, 25, 60)):  # from one shade to the other
        value = np.where(bright, 235 - step, 45 + step)
        shades.append(hues((hue + step) % TURN, _draw(random, count, 40, 150), value)[:, :, None, None])
    mix = _textures(random, count, side)[:, None]
    background = (shades[0] * (255 - mix) + shades[1] * mix) // 255
    other = (hue + _draw(random, count, TURN // 4, 3 * TURN // 4)) % TURN
    value = np.where(bright, _draw(random, count, 60, 130), _draw(random, count, 200, 255))
    colour = hues(other, _draw(random, count, 190, 256), value)
    grain = random.randint(-GRAIN, GRAIN + 1, (count, 1, side, side), dtype=np.int32)
    paint = colour[:, :, None, None] * _slope(random, count, side)[:, None] // 256
    return np.clip(background + grain, 0, 255), np.clip(paint + grain // 2, 0, 255)


def hues(hue: np.ndarray, saturation: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Red, green and blue, int32 (n, 3). `hue`: 0 to 1535; `saturation`: 0 to 256; `value`: 0 to 255; each (n,)."""
    offset = (hue[:, None] + np.array([0, 2 * TURN // 3, TURN // 3])) % TURN
    full = np.clip(np.abs(offset - TURN // 2) - 256, 0, 256)  # 0 to 256, one channel at its full at least
    return (value[:, None] * (256 * 256 - saturation[:, None] * (256 - full)) >> 16).astype(np.int32)


def _draw(random: np.random.RandomState, count: int, low: int, high: int) -> np.ndarray:
    return random.randint(low, high + 1, count, dtype=np.int32)


def _textures(random: np.random.RandomState, count: int, side: int) -> np.ndarray:
    """How much of the second shade each pixel has, int32 (count, side, side), 0 to 255, in one of five patterns."""
    y, x = np.indices((side, side), dtype=np.int32)
    black, white = np.int32(0), np.int32(255)
    kind = _draw(random, count, 0, 4)[:, None, None]
    period, phase_x, phase_y = (_draw(random, count, *ends)[:, None, None] for ends in ((5, 10), (0, 63), (0, 63)))
    lean_x, lean_y = (_draw(random, count, -4, 4)[:, None, None] for _ in range(2))
    right, down = (x + phase_x) % period, (y + phase_y) % period
    half = period // 2
    stripes = _wave((lean_x * x + np.where(lean_x == 0, 4, lean_y) * y + phase_x) * 64 // period)
    row, column = (y + phase_y) // period, (x + phase_x) // period
    checks = np.where((row + column) % 2, white, black)
    dots = np.where(4 * ((right - half) ** 2 + (down - half) ** 2) <= half**2 + 4, white, black)
    bricks = np.where((down == 0) | ((x + phase_x + half * (row % 2)) % period == 0), white, black)
    return np.choose(kind, [stripes, checks, dots, bricks, _clouds(random, count, side)])


def _wave(phase: np.ndarray) -> np.ndarray:
    """0 to 255 and back while `place` grows by 256."""
    return 255 - np.abs(phase % 256 - 128) * 255 // 128


def _clouds(random: np.random.RandomState, count: int, side: int) -> np.ndarray:
    """Random values on a coarse lattice, linear in between; int32 (count, side, side)."""
    values = random.randint(0, 256, (count, LATTICE, LATTICE), dtype=np.int32)
    lattice = np.arange(side, dtype=np.int32) * (LATTICE - 1)
    low, part = lattice // side, lattice % side
    rows = values[:, low] * (side - part)[None, :, None] + values[:, low + 1] * part[None, :, None]
    return (rows[:, :, low] * (side - part) + rows[:, :, low + 1] * part) // (side * side)


def _slope(random: np.random.RandomState, count: int, side: int) -> np.ndarray:
    """Light from one side: brightness in 256ths, int32 (count, side, side), 208 to 304."""
    x, y = (_draw(random, count, -24, 24)[:, None, None] for _ in range(2))
    middle = np.arange(side, dtype=np.int32) - side // 2
    return 256 + (x * middle[None, None, :] + y * middle[None, :, None]) // side * 2
