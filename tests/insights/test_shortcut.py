"""A network that listens to a mark is told from one that looks."""

import numpy as np
import pytest

from explorer.data.shortcut import region
from explorer.insights.findings.shortcut import in_the_mistakes
from explorer.insights.mistakes import Predictions
from explorer.insights.shortcut import ShortcutReliance, on_mark, shortcut_reliance


def test_who_follows_the_mark_and_who_the_shape():
    labels, marked = np.arange(10) % 5, np.arange(10) % 3
    sure = np.ones(10)
    apart = int((labels != marked).sum())
    follower, looker = (shortcut_reliance(Predictions(labels, said, sure), marked) for said in (marked, labels))
    assert (follower.mark, follower.image, follower.n) == (1, 0, apart)
    assert (looker.mark, looker.image, looker.n) == (0, 1, apart)


def test_shares_that_chance_may_have_made_are_a_tie():
    assert in_the_mistakes(ShortcutReliance(0.9, 0.1, 40)).startswith("It follows the mark")
    assert in_the_mistakes(ShortcutReliance(0.1, 0.9, 40)).startswith("It follows the image")
    assert in_the_mistakes(ShortcutReliance(0.5, 0.5, 40)).startswith("A tie")
    assert in_the_mistakes(ShortcutReliance(0.5, 0.45, 40)).startswith("A tie")


def test_the_share_on_the_mark_by_hand():
    maps = np.zeros((3, 32, 32), np.float32)
    maps[0, 0, 0], maps[0, 20, 20] = 3, 1
    maps[1, 31, 31] = 5  # the third is blank and does not count
    assert on_mark(maps, region("corner", 32)) == pytest.approx(0.375)
    assert np.isnan(on_mark(maps[2:], region("corner", 32)))
