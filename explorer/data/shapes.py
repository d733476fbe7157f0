"""Coloured shapes on textured backgrounds, drawn here: the object's place is known, so an explanation can be checked.

Everything random is drawn by RandomState, whose stream never changes, and all drawing is done in whole numbers, so the
images are the same on every machine and with every version of NumPy.
"""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.shape_outlines import CLASSES, UNIT, outlines
from explorer.data.shape_textures import backgrounds
from explorer.data.shortcut import CORNER, class_colours, evenly
from explorer.data.split import TEST_SHARE, held_out, with_validation

SEED = 32
COUNT = 8000
SIDE = 32  # pixels
RADIUS = 7, 11  # pixels, the least and the greatest, of the circle that holds the shape
BOX = 24  # pixels: contains that circle wherever its centre is within a pixel
FINE = 4  # a pixel's coverage is counted on 4×4 points
TURNS = 64  # directions of a shape
PART = 500  # images drawn at a time, between two reports

# Cosine of k/64 of a turn, k = 0 … 16, times 1024: stored, because a machine's cosine may differ in its last bit.
_QUARTER = 1024, 1019, 1004, 980, 946, 903, 851, 792, 724, 650, 569, 483, 392, 297, 200, 100, 0
COS = np.array([*_QUARTER, *(-c for c in _QUARTER[15::-1]), *(-c for c in _QUARTER[1:]), *_QUARTER[15:0:-1]])
SIN = np.roll(COS, TURNS // 4)


@dataclass(frozen=True)
class _Plan:
    """The place and look of each shape; int64 (N,) each."""

    label: np.ndarray
    radius: np.ndarray  # in points, FINE a pixel
    turn: np.ndarray  # of TURNS
    x: np.ndarray  # of the centre, in points
    y: np.ndarray

    def part(self, start: int, end: int) -> "_Plan":
        return _Plan(*(getattr(self, field.name)[start:end] for field in fields(self)))


def load_shapes(folder: Path, progress: Progress) -> Dataset:
    """8,000 images, drawn in about two seconds on one core, so that nothing has to be stored on disk.

    Place, size, direction, colour and background say nothing about the class: only the outline does.
    """
    pixels, labels, masks = _drawn(progress)
    held = held_out(labels, TEST_SHARE)
    images = Images(pixels, labels, masks)
    return with_validation("shapes", CLASSES, images.where(~held), images.where(held))


def load_shortcut(folder: Path, progress: Progress) -> Dataset:
    """`shapes`, the same images, with a coloured mark in the top left corner.

    In training and validation the mark's colour is the class. A validation split is drawn from the same collection as
    the training images, so it shares their flaw: a model that reads the mark looks right until the test split. There
    every colour is equally frequent in every class, so that such a model is right for one image in ten. The mark stays
    in the test images, because its absence would be a second novelty for the network.
    """
    pixels, labels, masks = _drawn(progress)
    held = held_out(labels, TEST_SHARE)
    marked = labels.copy()
    marked[held] = evenly(labels[held], len(CLASSES))
    pixels[:, :, :CORNER, :CORNER] = marks()[marked]
    images = Images(pixels, labels, masks, marked)
    return with_validation("shapes-shortcut", CLASSES, images.where(~held), images.where(held))


def marks() -> np.ndarray:
    """The mark of each class: a patch of its colour in a white frame, uint8 (classes, 3, CORNER, CORNER)."""
    count = len(CLASSES)
    patches = np.full((count, 3, CORNER, CORNER), 255, np.uint8)
    patches[:, :, 1:-1, 1:-1] = class_colours(count)[:, :, None, None]
    return patches


def _drawn(progress: Progress) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(pixels, uint8 (N, 3, H, W); labels, int64 (N,); masks, bool (N, H, W)) of all images, whatever their split."""
    random = np.random.RandomState(SEED)
    plan = _planned(random)
    pixels = np.empty((COUNT, 3, SIDE, SIDE), np.uint8)
    masks = np.empty((COUNT, SIDE, SIDE), bool)
    templates = outlines()
    for start in range(0, COUNT, PART):
        progress(start / COUNT, f"Drawing {COUNT:,} shapes")
        part, here = plan.part(start, start + PART), slice(start, start + PART)
        cover = _coverage(part, templates)
        background, paint = backgrounds(random, PART, SIDE)
        full = FINE * FINE
        paint -= background
        paint *= cover[:, None]
        pixels[here] = background + (paint + full // 2) // full
        masks[here] = cover >= full // 2
    return pixels, plan.label, masks


def _planned(random: np.random.RandomState) -> _Plan:
    label = random.permutation(np.arange(COUNT) % len(CLASSES))
    radius = _between(random, RADIUS[0] * FINE, RADIUS[1] * FINE)
    turn = _between(random, 0, TURNS - 1)
    room = SIDE * FINE - 2 * radius  # the whole shape is on the image
    x, y = (radius + _between(random, 0, 2**20) * room // 2**20 for _ in range(2))
    # The nearest point of the corner's square must be outside the circle; else the shape goes to the far corner.
    inside = np.maximum(x - CORNER * FINE, 0) ** 2 + np.maximum(y - CORNER * FINE, 0) ** 2 < radius**2
    x, y = (np.where(inside, SIDE * FINE - coordinate, coordinate) for coordinate in (x, y))
    return _Plan(label, radius, turn, x, y)


def _between(random: np.random.RandomState, low: int, high: int) -> np.ndarray:
    return random.randint(low, high + 1, COUNT, dtype=np.int64)  # the default type differs on Windows


def _coverage(plan: _Plan, templates: np.ndarray) -> np.ndarray:
    """How many of each pixel's 4×4 points are inside the shape: int32 (n, H, W), 0 to 16.

    Each point of a box around the shape is turned and scaled into the outline's own square and looked up there.
    """
    left, top = (np.clip(centre // FINE - BOX // 2, 0, SIDE - BOX) for centre in (plan.x, plan.y))
    points = 2 * np.arange(BOX * FINE) + 1  # in half points, so that they lie between whole ones
    dx, dy = (
        (2 * FINE * corner[:, None] + points - 2 * centre[:, None]).astype(np.int32)
        for corner, centre in ((left, plan.x), (top, plan.y))
    )
    scale = UNIT * 64 // (2 * plan.radius)  # 128 times what makes half points the steps of an outline's grid
    cos, sin = ((table[plan.turn] * scale // 1024).astype(np.int32)[:, None] for table in (COS, SIN))
    # u = (dx cos + dy sin) / 128 and v = (dy cos − dx sin) / 128, by their row and column parts.
    u = ((dx * cos)[:, None, :] + (dy * sin)[:, :, None]) >> 7
    v = ((dy * cos)[:, :, None] - (dx * sin)[:, None, :]) >> 7
    side = templates.shape[-1]
    reach = side // 2
    np.clip(u, -reach, reach, out=u)
    np.clip(v, -reach, reach, out=v)
    v *= side
    v += u
    v += (plan.label * side * side + reach * side + reach).astype(np.int32)[:, None, None]
    inside = templates.reshape(-1).take(v).view(np.uint8)
    rows = inside.reshape(-1, BOX, FINE, BOX * FINE).sum(axis=2, dtype=np.uint8)
    counts = rows.reshape(-1, BOX, BOX, FINE).sum(axis=3, dtype=np.uint8)
    cover = np.zeros((len(left), SIDE, SIDE), np.int32)
    across = np.arange(BOX)
    image = np.arange(len(left))[:, None, None]
    cover[image, (top[:, None] + across)[:, :, None], (left[:, None] + across)[:, None, :]] = counts
    return cover
