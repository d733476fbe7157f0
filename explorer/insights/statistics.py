"""How sure one can be of an accuracy."""

import math

import numpy as np

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


def wilson(correct: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval (low, high) of an accuracy, as fractions (Wilson 1927); 95 % by default.

    It speaks of the finite test set alone: the spread between seeds comes on top.
    """
    p, z2 = correct / n, z * z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """int64 (classes, classes); rows are true classes, columns predicted ones."""
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (labels, predictions), 1)
    return counts
