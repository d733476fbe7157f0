"""Fixed, stratified splits: the same images are held out for every training, with every seed, on every machine.

They are drawn at random, which is right if images do not depend on each other. Digits of one writer do: see
`explorer/data/digits.py`.
"""

from dataclasses import replace

import numpy as np

from explorer.data.dataset import Dataset, Images
from explorer.data.input_spec import Preparation

SEED = 20_240_229  # never changes: otherwise accuracies before and after could not be compared
TEST_SHARE = 1 / 5  # of all images, if a data set has no test split of its own
VALIDATION_SHARE = 1 / 10  # of the training images


def with_validation(
    name: str, classes: tuple[str, ...], train: Images, test: Images, preparation: Preparation = "photo"
) -> Dataset:
    """The data set whose validation images are a fixed tenth of `train`."""
    held = held_out(train.labels, VALIDATION_SHARE)
    return Dataset(name, classes, train.where(~held), train.where(held), test, preparation)


def held_out(labels: np.ndarray, share: float) -> np.ndarray:
    """Which images are held out, bool (N,): `share` of them, and the same share of each class as closely as whole
    images allow; at least one of each class. `labels`: int64 (N,), each class at least twice."""
    counts = np.bincount(labels)
    random = np.random.RandomState(SEED)  # its stream never changes, unlike that of default_rng
    mask = np.zeros(len(labels), bool)
    for label, take in enumerate(apportion(counts, share)):
        members = np.flatnonzero(labels == label)
        mask[random.permutation(members)[:take]] = True
    return mask


def apportion(counts: np.ndarray, share: float) -> np.ndarray:
    """How many images of each class to hold out, int (classes,): whole numbers nearest to the quotas, by largest
    remainder. `counts`: int (classes,), images of each."""
    quotas = counts * share
    take = np.floor(quotas).astype(int)
    missing = round(counts.sum() * share) - take.sum()
    take[np.argsort(take - quotas, kind="stable")[:missing]] += 1
    return np.where(counts > 0, np.maximum(take, 1), 0)


def part_of(data: Dataset, fraction: float, seed: int) -> Dataset:
    """The data set with only some of its training images; validation and test images stay the same."""
    return data if fraction == 1 else replace(data, train=data.train.where(subset(data.train.labels, fraction, seed)))


def subset(labels: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    """Which images to use, bool (N,): `fraction` of each class to the nearest image, and at least one of each.

    Nested: with one seed, the images of a fraction are among those of every larger one. `labels`: int64 (N,).
    """
    mask = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        random = np.random.RandomState([SEED, seed, label])
        mask[random.permutation(members)[: max(1, int(len(members) * fraction + 0.5))]] = True
    return mask
