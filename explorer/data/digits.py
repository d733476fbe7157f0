"""scikit-learn's digits: the test set of "Optical Recognition of Handwritten Digits", Alpaydin and Kaynak 1998.

The file lies in the order in which it was written: fourteen forms, one after another, each the same 130 digits less
those that could not be read. Images of one form look alike (the nearest image to 54 % of them is of the same form; by
chance 7 %), so a network that has seen a form in training is tested on what it half knows. Each form is therefore in
one split only: the first nine train, two validate, the last three test. The authors speak of thirteen writers and do
not say which digits are whose; no two forms are as alike as two halves of one, so a form counts as a writer here.
"""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.ink import mnist_layout

CLASSES = tuple("0123456789")
FULL = 16  # ink of a whole pixel: each counts the dark ones of a block of 4×4
# The row in which each form begins: where the labels, 0 to 9 three times and then mixed, begin again.
FORMS = 0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667
VALIDATION, TEST = FORMS[9], FORMS[11]  # the rows in which the validation and the test forms begin


def load(folder: Path, progress: Progress) -> Dataset:
    """Load the digits, which come with scikit-learn: nothing is read from the data folder, and it takes no time."""
    table = _table()
    ink, labels = table[:, :-1].reshape(-1, 8, 8) / FULL, table[:, -1].astype(np.int64)
    pixels = np.stack([mnist_layout(digit) for digit in ink])[:, None]
    ends = VALIDATION, TEST
    parts = zip(np.split(pixels, ends), np.split(labels, ends), strict=True)
    return Dataset("digits", CLASSES, *(Images(images, of) for images, of in parts), preparation="digit")


def _table() -> np.ndarray:
    """One row per digit, 64 pixels of 0 to 16 and the label; float64 (1797, 65).

    Read from scikit-learn's own file if it is in its usual place: importing scikit-learn takes seconds, this 10 ms.
    """
    package = find_spec("sklearn")
    for folder in (package.submodule_search_locations or []) if package else []:
        file = Path(folder, "datasets", "data", "digits.csv.gz")
        if file.is_file():
            with gzip.open(file, "rt") as lines:
                return np.loadtxt(lines, delimiter=",")
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return np.column_stack([bunch.data, bunch.target])
