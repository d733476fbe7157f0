"""The sentence on what a network gets wrong names a most frequent mistake only where there is one."""

import numpy as np
import pytest

from explorer.insights.findings.mistakes import summary
from explorer.insights.mistakes import Predictions

OFTEN = ", most often cat as dog (2 images)"
CLASSES = ("cat", "dog", "cow")


def predicted(pairs: list[tuple[int, int]]) -> Predictions:
    """(true, predicted) of each image, as sure as one can be."""
    labels = np.array([true for true, _ in pairs])
    return Predictions.of(labels, np.eye(3, dtype=np.float32)[[taken for _, taken in pairs]])


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([(0, 0)] * 4, "net misclassifies 0 of 4 test images (0.0 %)"),
        ([(0, 0)] * 3 + [(0, 1)], "net misclassifies 1 of 4 test images (25.0 %)"),
        ([(0, 1), (0, 1), (1, 0), (1, 0)], "net misclassifies 4 of 4 test images (100.0 %)"),
        ([(0, 1), (0, 1), (1, 0), (1, 1)], "net misclassifies 3 of 4 test images (75.0 %)" + OFTEN),
        ([(0, 1)] * 2 + [(2, 2)] * 2, "net misclassifies 2 of 4 test images (50.0 %)" + OFTEN),
    ],
)
def test_a_most_frequent_mistake_is_more_frequent_than_every_other(pairs, sentence):
    assert summary("net", predicted(pairs), CLASSES, "test") == sentence
