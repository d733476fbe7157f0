"""How noisy a curve is, and how much noise remains when it is smoothed."""

import numpy as np

STEADY = 0.75  # of a curve's deviations, the smallest: one lucky value, or a steep start, is not its noise
IN_STEADY = 0.368  # the variance of a standard normal variable, given that it is among the STEADY smallest in size


def noise(values: np.ndarray) -> float:
    """The standard deviation of the noise on a smooth curve, from the distance of each value to the middle of its two
    neighbours (Gasser, Sroka & Jennen-Steinmetz 1986); 0 for fewer than three values."""
    return float(np.sqrt(np.mean(off_neighbours(values) ** 2))) if len(values) >= 3 else 0.0


def noise_when_smoothed(values: np.ndarray) -> float:
    """The noise that `smoothed` leaves in a curve; in the units of a single value, for six or more.

    The smaller of two estimates, which agree for independent normal noise: from single values, and from the means of
    pairs of neighbours. A curve that zig-zags from value to value has much of the first and little of the second, a
    curve that bends the reverse. Each uses the smallest three quarters of its deviations.
    """
    return min(_steady(off_neighbours(values)), _steady(_pairs_off_neighbours(values)))


def off_neighbours(values: np.ndarray) -> np.ndarray:
    """(n,) → (n − 2,): the distance of each value to the middle of its two neighbours, in the units of a single value's
    noise; a straight slope adds nothing to it."""
    return np.sqrt(2 / 3) * (values[1:-1] - (values[:-2] + values[2:]) / 2)


def _pairs_off_neighbours(values: np.ndarray) -> np.ndarray:
    """Each mean of two neighbours minus the middle of the two means before and after that share no value with it."""
    pairs = (values[1:] + values[:-1]) / 2
    return np.sqrt(4 / 3) * (pairs[2:-2] - (pairs[:-4] + pairs[4:]) / 2)


def _steady(off: np.ndarray) -> float:
    squares = np.sort(off**2)[: int(np.ceil(STEADY * len(off)))]
    return float(np.sqrt(squares.mean() / IN_STEADY))


def smoothed(values: np.ndarray) -> np.ndarray:
    """(n,) → (n − 4,): running medians of three, so that one lucky value decides nothing, then running means weighted
    1/4, 1/2, 1/4, in which a zig-zag cancels (Tukey 1977, Exploratory Data Analysis, chapter 7: "3H").

    The first is that of the first five values, centred at the third.
    """
    return windows(np.median(windows(values, 3), axis=1), 3) @ np.array([0.25, 0.5, 0.25])


def running_median(values: np.ndarray, width: int) -> np.ndarray:
    """Centred, as long as `values`; beyond its ends a curve is continued, mirrored through their level.

    `width` is odd. An end's level is the median of five values, because one of them may be an outlier.
    """
    half = width // 2
    before = 2 * np.median(values[:5]) - values[half:0:-1]
    after = 2 * np.median(values[-5:]) - values[-2 : -2 - half : -1]
    return np.median(windows(np.concatenate([before, values, after]), width), axis=1)


def windows(values: np.ndarray, width: int) -> np.ndarray:
    """(n − width + 1, width)"""
    return np.lib.stride_tricks.sliding_window_view(values, width)


def log_of(loss: np.ndarray) -> np.ndarray:
    """ln of losses (n,). A loss without a logarithm, exactly 0 or not finite, counts as the smallest one above 0."""
    has_one = np.isfinite(loss) & (loss > 0)
    smallest = loss[has_one].min(initial=np.inf)
    return np.log(np.where(has_one, loss, smallest if np.isfinite(smallest) else 1.0))
