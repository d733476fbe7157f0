"""Parts of the training images: stratified, nested, fixed by the seed."""

from itertools import pairwise

import numpy as np
import pytest

from explorer.data.split import part_of, subset

LABELS = np.random.RandomState(0).choice(5, size=2003, p=[0.5, 0.3, 0.1, 0.06, 0.04])


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.35])
def test_each_class_gives_its_share_and_at_least_one(fraction):
    counts, taken = np.bincount(LABELS), np.bincount(LABELS[subset(LABELS, fraction, 0)], minlength=5)
    assert (abs(taken - np.maximum(counts * fraction, 1)) <= 0.5).all()
    assert (np.bincount(LABELS[subset(LABELS, 1e-6, 0)]) == 1).all()


@pytest.mark.parametrize("seed", range(5))
def test_smaller_parts_lie_in_larger_ones(seed):
    masks = [subset(LABELS, fraction, seed) for fraction in (0.001, 0.01, 0.013, 0.1, 0.5, 1)]
    for small, large in pairwise(masks):
        assert (large | ~small).all()
    assert masks[-1].all()


def test_the_seed_decides_and_nothing_else():
    np.random.seed(1)
    one = subset(LABELS, 0.1, 3)
    np.random.seed(2)
    assert (one == subset(LABELS, 0.1, 3)).all()
    assert (one != subset(LABELS, 0.1, 4)).any()


def test_validation_and_test_images_stay(tiny):
    part = part_of(tiny, 0.1, 0)
    assert part.validation is tiny.validation
    assert part.test is tiny.test
    assert np.bincount(part.train.labels).tolist() == [3, 3, 3]
    assert part_of(tiny, 1.0, 0) is tiny
