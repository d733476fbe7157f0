"""The mark is read as it was drawn, and a network that listens to it is told from one that looks."""

import numpy as np
import pytest

from explorer.data.shapes import CORNER, marks
from explorer.insights.mistakes import Predictions
from explorer.insights.shortcut import marked_classes, on_mark, shortcut_reliance


def test_the_mark_is_read_back_whatever_lies_around_it():
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (40, 3, 32, 32)).astype(np.uint8)
    said = random.integers(0, 10, 40)
    pixels[:, :, :CORNER, :CORNER] = marks()[said]
    assert marked_classes(pixels).tolist() == said.tolist()


def test_who_follows_the_mark_and_who_the_shape():
    labels, marked = np.arange(10) % 5, np.arange(10) % 3
    sure = np.ones(10)
    apart = int((labels != marked).sum())
    follower, looker = (shortcut_reliance(Predictions(labels, said, sure), marked) for said in (marked, labels))
    assert (follower.mark, follower.shape, follower.n) == (1, 0, apart)
    assert (looker.mark, looker.shape, looker.n) == (0, 1, apart)


def test_the_share_on_the_mark_by_hand():
    maps = np.zeros((3, 32, 32), np.float32)
    maps[0, 0, 0], maps[0, 20, 20] = 3, 1
    maps[1, 31, 31] = 5  # the third is blank and does not count
    assert on_mark(maps) == pytest.approx(0.375)
    assert np.isnan(on_mark(maps[2:]))
