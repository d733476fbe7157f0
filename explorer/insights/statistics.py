"""How certain an accuracy is, and a difference between two."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z95 = 1.959963984540054  # the normal distribution's 97.5 % point


def wilson(correct: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval (low, high) of an accuracy, as fractions (Wilson 1927).

    It covers only the finite test set: the spread between seeds comes on top.
    """
    p, z, z2 = correct / n, Z95, Z95**2
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
    images would be a fair coin. It is about two trained models, not their architectures: seeds come on top.
    """
    n = only_a + only_b
    all_ways = math.lgamma(n + 1) - n * math.log(2)
    # Not by scipy, for which Home would wait: the sentence on the sample runs is the first that a visitor sees.
    chances = (
        math.exp(all_ways - math.lgamma(heads + 1) - math.lgamma(n - heads + 1))
        for heads in range(min(only_a, only_b) + 1)
    )
    return min(1.0, 2 * math.fsum(chances))


def paired_images(right_a: np.ndarray, right_b: np.ndarray) -> float:
    """The two-sided p-value that two groups of networks are equally accurate on images like these: a sign-flip test.

    `right_a`, `right_b`: bool (networks, N), which networks of a group are right on which of the same N images. An
    image counts by the share of its networks that are right with a less that with b; if both were equally good, each
    of these differences could as well have the other sign (Fisher 1935, The Design of Experiments, section 21). With
    one network each it is McNemar's exact test; it is exact for groups of one size, and near it for others. It speaks
    of these trained networks: seeds come on top.
    """
    # In whole numbers: of all pairs of networks, those in which a alone is right less those in which b alone is.
    apart = len(right_b) * right_a.sum(0, dtype=np.int64) - len(right_a) * right_b.sum(0, dtype=np.int64)
    if not apart.any():
        return 1.0
    apart //= np.gcd.reduce(apart)
    sizes, counts = np.unique(np.abs(apart[apart != 0]), return_counts=True)
    most, ahead = int(sizes @ counts), abs(int(apart.sum()))
    if ahead == most:  # all signs alike
        return min(1.0, 2 * 0.5 ** float(counts.sum()))
    # Each image adds its size, or nothing, by a fair coin: the product of the characteristic functions of all images is
    # that of their sum. The coins are tilted so that the sum is expected where it was found (Esscher 1932), and the
    # chances weighed back: a transform has rounding errors of 1e-16, which would hide a smaller chance.
    found = (most + ahead) // 2
    tilt = _tilt(sizes, counts, found)
    heads = 1 / (1 + np.exp(-tilt * sizes))
    waves = np.exp(-2j * np.pi * np.arange((most + 1) // 2 + 1) / (most + 1))
    product = np.ones(len(waves), dtype=complex)
    for size, count, head in zip(sizes.tolist(), counts.tolist(), heads.tolist(), strict=True):
        product *= (1 - head + head * waves**size) ** count
    tilted = np.fft.irfft(product, most + 1)[found:]  # of the sums found, found + 1, …, most
    tail = float(tilted @ np.exp(-tilt * np.arange(len(tilted))))
    back = float(counts @ (np.logaddexp(0, tilt * sizes) - math.log(2))) - tilt * found
    return min(1.0, 2 * tail * math.exp(back))


def _tilt(sizes: np.ndarray, counts: np.ndarray, found: int) -> float:
    """By which coins that fall heads with 1 / (1 + exp(−tilt · size)) are expected to sum to `found`, half of the most
    they can or more, but not all."""
    low, high = 0.0, 64.0
    for _ in range(80):
        middle = (low + high) / 2
        expected = float(counts @ (sizes / (1 + np.exp(-middle * sizes))))
        low, high = (middle, high) if expected < found else (low, middle)
    return low


def unpaired_images(correct_a: int, correct_b: int, n: int) -> float:
    """The p-value of Fisher's exact test for two accuracies on n images each, if it is not known which images were
    right. On the same images it finds less than a paired test does."""
    from scipy.stats import fisher_exact

    return float(fisher_exact([[correct_a, n - correct_a], [correct_b, n - correct_b]]).pvalue)


@dataclass(frozen=True)
class Difference:
    """Accuracy of a minus that of b, with its 95 % interval; fractions."""

    value: float
    low: float
    high: float


def paired_bootstrap(correct_a: np.ndarray, correct_b: np.ndarray, draws: int = 10_000) -> Difference:
    """The difference of two accuracies on the same images, with its percentile interval (Efron & Tibshirani 1993).

    `correct_a`, `correct_b`: bool (N,). An image contributes −1, 0 or 1, so drawing N images with replacement is one
    draw of three counts.
    """
    n = len(correct_a)
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    chances = np.array([only_a, only_b, n - only_a - only_b]) / n
    counts = np.random.default_rng(0).multinomial(n, chances, size=draws)
    low, high = np.quantile((counts[:, 0] - counts[:, 1]) / n, [0.025, 0.975])
    return Difference((only_a - only_b) / n, float(low), float(high))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of several tests, adjusted so that each can be compared with 0.05 (Holm 1979)."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def welch(a: Sequence[float], b: Sequence[float]) -> float:
    """The two-sided p-value of Welch's t-test for different means (Welch 1947), two or more values each.

    Without any spread in either group it is the limit as the spread falls: 1 for equal means, 0 for others. Values that
    are counted on n images have such means by chance, too: use `paired_images` as well.
    """
    from scipy.special import stdtr

    (mean_a, square_a), (mean_b, square_b) = ((np.mean(x), np.var(x, ddof=1) / len(x)) for x in (a, b))
    if square_a + square_b < 1e-20:  # equal values: the rest is rounding
        return float(np.isclose(mean_a, mean_b, rtol=0, atol=1e-9))
    t = abs(mean_a - mean_b) / math.sqrt(square_a + square_b)
    freedom = (square_a + square_b) ** 2 / (square_a**2 / (len(a) - 1) + square_b**2 / (len(b) - 1))
    return float(2 * stdtr(freedom, -t))


def paired_t(values: Sequence[float]) -> float:
    """The two-sided p-value of Student's t-test for a mean that is not 0, of two or more values; without any spread
    like `welch`."""
    from scipy.special import stdtr

    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    if error < 1e-10:
        return float(np.isclose(np.mean(values), 0, rtol=0, atol=1e-9))
    return float(2 * stdtr(len(values) - 1, -abs(float(np.mean(values))) / error))


def t_half_width(values: Sequence[float]) -> float:
    """Half the width of the 95 % interval of a mean by Student's t, which assumes normal values; two or more."""
    from scipy.special import stdtrit

    n = len(values)
    return float(stdtrit(n - 1, 0.975)) * float(np.std(values, ddof=1)) / math.sqrt(n)
