"""How sure one can be of an accuracy, and of a difference between two."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact two-sided p-value of McNemar's test (McNemar 1947; exact: Fagerland et al. 2013).

    `only_a`, `only_b`: how many images only one of two models gets right. If both were equally good, each of these
    images would be a fair coin. It speaks of two trained models, not of their architectures: seeds come on top.
    """
    n, fewer = only_a + only_b, min(only_a, only_b)
    term = total = 1  # binomial coefficients, as whole numbers: no rounding, however large n
    for i in range(fewer):
        term = term * (n - i) // (i + 1)
        total += term
    return min(1.0, 2 * total / 2**n)


@dataclass(frozen=True)
class Difference:
    """Accuracy of a less that of b, with its 95 % interval; fractions."""

    value: float
    low: float
    high: float


def paired_bootstrap(correct_a: np.ndarray, correct_b: np.ndarray, draws: int = 10_000, seed: int = 0) -> Difference:
    """The difference of two accuracies on the same images, with its percentile interval (Efron & Tibshirani 1993).

    `correct_a`, `correct_b`: bool (N,). An image contributes −1, 0 or 1, so drawing N images with replacement is one
    draw of three counts.
    """
    n = len(correct_a)
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    chances = np.array([only_a, only_b, n - only_a - only_b]) / n
    counts = np.random.default_rng(seed).multinomial(n, chances, size=draws)
    low, high = np.quantile((counts[:, 0] - counts[:, 1]) / n, [0.025, 0.975])
    return Difference((only_a - only_b) / n, float(low), float(high))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of several tests, adjusted so that one may compare each with 0.05 (Holm 1979)."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for place, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def welch(a: Sequence[float], b: Sequence[float]) -> float:
    """The two-sided p-value of Welch's t-test for different means (Welch 1947), two values or more in each.

    1 where neither group has any spread: then nothing can be said.
    """
    (mean_a, square_a), (mean_b, square_b) = ((np.mean(x), np.var(x, ddof=1) / len(x)) for x in (a, b))
    if square_a + square_b < 1e-20:  # equal accuracies: what is left is rounding
        return 1.0
    t = abs(mean_a - mean_b) / math.sqrt(square_a + square_b)
    freedom = (square_a + square_b) ** 2 / (square_a**2 / (len(a) - 1) + square_b**2 / (len(b) - 1))
    return student_tail(float(t), float(freedom))


def student_tail(t: float, freedom: float) -> float:
    """The chance that |T| exceeds t ≥ 0 for Student's t with `freedom` ≥ 1 degrees of freedom.

    With T = √freedom · tan θ the density of θ is proportional to cos(θ)^(freedom − 1), integrated here by the midpoint
    rule; its error was below 1e-6 in the tests.
    """
    start = math.atan(t / math.sqrt(freedom))
    step = (math.pi / 2 - start) / 20_000
    tail = float((np.cos(start + step * (np.arange(20_000) + 0.5)) ** (freedom - 1)).sum()) * step
    whole = math.sqrt(math.pi) / 2 * math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom + 1) / 2))
    return min(1.0, tail / whole)
