"""A handwritten digit as a phone sees it on paper. Deterministic, so that a test can name its image."""

import numpy as np
from PIL import Image


def photograph(digit, seed, size=(300, 200), rules=False, light_on_dark=False, pen=1.0):
    """`digit`: uint8 (h, w), light on black. Returns RGB, uint8 (*size, 3): dark ink on paper, or chalk on a board.

    The light falls off by up to 35 % across the page, a soft-edged shadow takes another 25 %, the sensor adds noise of
    1.5 %. `rules` draws pale lines, slightly slanted, every 28 pixels. `pen` < 1 makes strokes thinner (a ball pen).
    """
    random = np.random.RandomState(seed)
    ink = _place(digit, size, random, pen)
    page = np.repeat(0.92 * (1 - ink * random.uniform(0.65, 0.9))[..., None], 3, axis=2) * (1, 0.98, 0.94)
    if rules:
        page *= 1 - _rules(size, random)[..., None] * (0.35, 0.22, 0.08)
    if light_on_dark:
        page = 1 - 0.85 * page
    page *= _light(size, random)[..., None]
    page += random.normal(0, 0.015, (*size, 1))
    return (page.clip(0, 1) * 255).astype(np.uint8)


def _place(digit, size, random, pen):
    """The digit, 35 to 60 % of the page's shorter side, somewhere on the page; float (H, W) in [0, 1]."""
    side = int(min(size) * random.uniform(0.5, 0.8))
    big = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)) / 255
    big = ((big - 1 + pen / 2) * 4 + 0.5).clip(0, 1)  # a sharp edge; a lower pen draws thinner
    top, left = (random.randint(0, length - side + 1) for length in size)
    page = np.zeros(size)
    page[top : top + side, left : left + side] = big
    return page


def _rules(size, random):
    """Ruled lines, float (H, W) in [0, 1], two pixels thick, slanted by up to 1.5 degrees."""
    rows, columns = np.indices(size)
    return ((rows + columns * random.uniform(-0.026, 0.026) + random.randint(28)) % 28 < 2).astype(float)


def _light(size, random):
    """How much light falls on each pixel, float (H, W) in about [0.45, 1]."""
    rows, columns = (axis / length for axis, length in zip(np.indices(size), size, strict=True))
    angle, edge = random.uniform(0, 2 * np.pi), random.uniform(0.2, 0.8)
    slope = (rows - 0.5) * np.sin(angle) + (columns - 0.5) * np.cos(angle)
    falloff = 1 - 0.35 * (slope + 0.71) / 1.42
    turned = (rows - edge) * np.cos(angle) + (columns - edge) * np.sin(angle)
    shadow = 1 - 0.25 / (1 + np.exp(-turned * 30))
    return falloff * shadow
