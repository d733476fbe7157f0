"""Shapes are the same everywhere, only their outline tells the class, and the shortcut is where it is promised."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data import load
from explorer.data.shape_outlines import CLASSES, outlines
from explorer.data.shape_textures import hues
from explorer.data.shapes import COS, SIN, load_shapes, marks

SPLITS = ("train", "validation", "test")
CORNER = (slice(None), slice(None), slice(0, 5), slice(0, 5))


@pytest.fixture(scope="module")
def shapes():
    return load("shapes")


@pytest.fixture(scope="module")
def shortcut():
    return load("shapes-shortcut")


def test_the_images_never_change(shapes, shortcut):
    """Pinned: another NumPy, another machine must draw the same, or accuracies would not compare."""
    assert shapes.fingerprint == "1324ef0c91e4153f79ddb41ebeb512955802d01b40f9efef5482bdb8d4be59c7"
    assert shortcut.fingerprint == "95a63f959fde00031a2b26ff36b853a632cfc43463b033664efcd87c57840ce8"


def test_sizes_and_kinds(shapes, shortcut):
    for data in (shapes, shortcut):
        assert [len(getattr(data, split)) for split in SPLITS] == [5760, 640, 1600]
        for split in SPLITS:
            images = getattr(data, split)
            assert images.pixels.shape == (len(images), 3, 32, 32)
            assert (images.pixels.dtype, images.labels.dtype, images.masks.dtype) == (np.uint8, np.int64, bool)
            assert images.masks.shape == (len(images), 32, 32)
            assert set(np.bincount(images.labels, minlength=10)) == {len(images) // 10}  # balanced exactly


def test_no_image_is_drawn_twice(shapes):
    images = {image.tobytes() for split in SPLITS for image in getattr(shapes, split).pixels}
    assert len(images) == 8000


def test_the_object_differs_from_its_background(shapes):
    """In some channel the mean inside the mask is far from the mean outside, in every image."""
    for split in SPLITS:
        images = getattr(shapes, split)
        pixels, inside = images.pixels.astype(float), images.masks[:, None]
        mean = (pixels * inside).sum((2, 3)) / inside.sum((2, 3))
        outside = (pixels * ~inside).sum((2, 3)) / (~inside).sum((2, 3))
        assert np.abs(mean - outside).max(axis=1).min() > 90


def test_masks_end_where_the_object_ends(shapes):
    """A pixel's width beyond the mask the background begins: what is far from any shape looks as it does."""
    images = shapes.train.where(np.arange(len(shapes.train)) < 500)
    near = images.masks.copy()
    for axis in (1, 2):
        near |= np.roll(near, 1, axis) | np.roll(near, -1, axis)
    inner = images.masks & ~_edge(images.masks)
    for pixels, core, around in zip(images.pixels.astype(float), inner, near, strict=True):
        colour = pixels[:, core].mean(axis=1)
        background = pixels[:, ~around]
        assert np.abs(background - colour[:, None]).max(axis=0).min() > 25  # no pixel outside looks like the object
        assert np.abs(pixels[:, core] - colour[:, None]).max() < 80  # nor one inside like the background


def _edge(masks):
    """Pixels of the mask that touch a pixel outside it."""
    inner = masks.copy()
    for axis in (1, 2):
        inner &= np.roll(masks, 1, axis) & np.roll(masks, -1, axis)
    return masks & ~inner


def test_masks_are_of_reasonable_size_and_wholly_on_the_image(shapes):
    share = shapes.train.masks.mean(axis=(1, 2))
    assert share.min() > 0.03
    assert share.max() < 0.35
    edges = np.concatenate([shapes.train.masks[:, [0, -1]], shapes.train.masks[:, :, [0, -1]].swapaxes(1, 2)], axis=1)
    assert edges.mean() < 0.01


def test_only_the_outline_tells_the_class(shapes):
    """Mean colour, place and size are alike in all classes: the means differ by less than chance allows (5 sigma)."""
    images = shapes.train
    area = images.masks.sum((1, 2))
    rows, columns = np.arange(32)[None, :, None], np.arange(32)[None, None, :]
    traits = [
        *(images.pixels[:, channel].mean(axis=(1, 2)) for channel in range(3)),
        (images.masks * rows).sum((1, 2)) / area,
        (images.masks * columns).sum((1, 2)) / area,
    ]
    for trait in traits:
        means = np.array([trait[images.labels == label].mean() for label in range(10)])
        assert np.abs(means - trait.mean()).max() < 5 * trait.std() / np.sqrt(576) + 1.2


def test_the_shortcut_is_the_same_images_but_for_the_corner(shapes, shortcut):
    for split in SPLITS:
        one, other = getattr(shapes, split), getattr(shortcut, split)
        assert (one.labels == other.labels).all()
        assert (one.masks == other.masks).all()
        assert not one.masks[:, :5, :5].any()  # no shape enters the corner
        rest = np.ones((3, 32, 32), bool)
        rest[:, :5, :5] = False
        assert (one.pixels[:, rest] == other.pixels[:, rest]).all()


def said(images) -> np.ndarray:
    """The class that each image's mark says, by the mark alone."""
    found = (images.pixels[CORNER][:, None] == marks()).all(axis=(2, 3, 4))
    assert (found.sum(axis=1) == 1).all()
    return found.argmax(axis=1)


def test_the_mark_gives_the_class_away_in_training_and_validation_only(shortcut):
    for split in ("train", "validation"):
        images = getattr(shortcut, split)
        assert (said(images) == images.labels).all()
    pairs = np.zeros((10, 10), int)
    np.add.at(pairs, (shortcut.test.labels, said(shortcut.test)), 1)
    assert (pairs == 16).all()  # who reads the mark is right in exactly one of ten


def test_marks_are_told_apart():
    colours = marks()[:, :, 2, 2].astype(int)
    apart = np.abs(colours[:, None] - colours[None]).max(axis=2)
    assert apart[~np.eye(10, dtype=bool)].min() >= 50


def test_progress_is_reported():
    told = []
    load_shapes(Path("nowhere"), lambda fraction, text: told.append((fraction, text)))
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert len(told) == 16
    assert told[0] == (0, "Drawing 8,000 shapes")
    assert not Path("nowhere").exists()


def test_written_down_cosines_are_cosines():
    turn = 2 * np.pi * np.arange(64) / 64
    assert np.abs(COS - 1024 * np.cos(turn)).max() <= 0.5
    assert np.abs(SIN - 1024 * np.sin(turn)).max() <= 0.5


def test_outlines_fit_their_circle_and_differ():
    inside = outlines()
    y, x = np.mgrid[-256:257:2, -256:257:2]
    assert not inside[:, x**2 + y**2 > 256**2].any()
    assert len(CLASSES) == 10
    for one in range(10):
        for other in range(one):
            shared = (inside[one] & inside[other]).sum() / (inside[one] | inside[other]).sum()
            assert shared < 0.85, (CLASSES[one], CLASSES[other], shared)


def test_hues_go_round_the_circle():
    full, bright = np.full(7, 256), np.full(7, 255)
    colours = hues(np.arange(7) * 256 % 1536, full, bright).tolist()
    expected = "ff0000 ffff00 00ff00 00ffff 0000ff ff00ff ff0000"
    assert ["".join(f"{level:02x}" for level in colour) for colour in colours] == expected.split()
    assert hues(np.array([300]), np.array([0]), np.array([77])).tolist() == [[77, 77, 77]]


def test_masks_are_not_part_of_the_fingerprint(shapes):
    bare = replace(shapes, train=replace(shapes.train, masks=None))
    assert bare.fingerprint == shapes.fingerprint
    assert bare.train.where(bare.train.labels == 3).masks is None
