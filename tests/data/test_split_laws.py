"""Laws of splits, for whatever classes come."""

import numpy as np
from hypothesis import given, strategies as st

from explorer.data.split import held_out, subset

classes = st.lists(st.integers(2, 60), min_size=1, max_size=12)  # images of each class
shares = st.floats(0.01, 0.9)


def labels_of(counts: list[int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))


@given(classes, shares)
def test_each_class_is_held_out_in_its_share_to_the_image(counts, share):
    labels = labels_of(counts)
    held = np.bincount(labels[held_out(labels, share)], minlength=len(counts))
    assert (held >= 1).all()
    assert (np.abs(held - np.array(counts) * share) <= 1).all()


@given(classes, shares)
def test_a_split_is_the_same_every_time(counts, share):
    labels = labels_of(counts)
    assert (held_out(labels, share) == held_out(labels, share)).all()


@given(classes, shares, shares, st.integers(0, 100))
def test_a_smaller_share_is_part_of_a_larger_one(counts, one, other, seed):
    labels, (small, large) = labels_of(counts), sorted((one, other))
    assert not (subset(labels, small, seed) & ~subset(labels, large, seed)).any()


@given(classes, shares, st.integers(0, 100))
def test_no_class_is_left_without_an_image(counts, share, seed):
    labels = labels_of(counts)
    assert set(labels[subset(labels, share, seed)]) == set(labels)
