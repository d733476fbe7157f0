"""scikit-learn's digits: the test set of "Optical Recognition of Handwritten Digits", Alpaydin and Kaynak 1998."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.ink import mnist_layout
from explorer.data.split import TEST_SHARE, held_out, with_validation

CLASSES = tuple("0123456789")
FULL = 16  # ink of a whole pixel: each counts the dark ones of a block of 4×4


def load(folder: Path, progress: Progress) -> Dataset:
    """It comes with scikit-learn: nothing is read from the data folder, and nothing takes time."""
    table = _table()
    ink, labels = table[:, :-1].reshape(-1, 8, 8) / FULL, table[:, -1].astype(np.int64)
    pixels = np.stack([mnist_layout(digit) for digit in ink])[:, None]
    held = held_out(labels, TEST_SHARE)
    train, test = Images(pixels[~held], labels[~held]), Images(pixels[held], labels[held])
    return with_validation("digits", CLASSES, train, test, ink=True)


def _table() -> np.ndarray:
    """A row a digit, 64 pixels of 0 to 16 and the label; float64 (1797, 65).

    Read from scikit-learn's own file where it lies where we know it: importing scikit-learn takes seconds, this 10 ms.
    """
    package = find_spec("sklearn")
    file = Path(package.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    if file.is_file():
        with gzip.open(file, "rt") as lines:
            return np.loadtxt(lines, delimiter=",")
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return np.column_stack([bunch.data, bunch.target])
