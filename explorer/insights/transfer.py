"""What a start from another network is worth: the gain over a start from random weights, seed by seed."""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from explorer.insights.statistics import student_tail
from explorer.studies.transfer import SCRATCH


def gains(results: pd.DataFrame) -> pd.DataFrame:
    """Accuracy less that from scratch with the same images, of each way to start and share of the images.

    results: columns model, mode, share, seed, accuracy (a fraction). Pairs have one model, share and seed, hence the
    same training images in the same order. Returns model, mode, share, gain (mean of the pairs), low and high (its
    95 % interval by Student's t; NaN of one pair), smallest, largest, pairs. Where all seeds start from one source, as
    in the study, the interval is given this one source: how much another would change is not in it.
    """
    keys = ["model", "share", "seed"]
    scratch = results[results["mode"] == SCRATCH].set_index(keys)["accuracy"]
    rows = []
    for (model, mode, share), group in results[results["mode"] != SCRATCH].groupby(
        ["model", "mode", "share"], sort=False
    ):
        pairs = (group.set_index(keys)["accuracy"] - scratch).dropna().to_numpy()
        if len(pairs):
            low, high = interval(pairs)
            rows.append((model, mode, share, pairs.mean(), low, high, pairs.min(), pairs.max(), len(pairs)))
    columns = ["model", "mode", "share", "gain", "low", "high", "smallest", "largest", "pairs"]
    return pd.DataFrame(rows, columns=columns)


def interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """The interval of a mean by Student's t, which takes the values as normal; NaN for one value."""
    n = len(values)
    if n < 2:
        return float("nan"), float("nan")
    half = t_quantile(level, n - 1) * float(np.std(values, ddof=1)) / math.sqrt(n)
    return float(np.mean(values)) - half, float(np.mean(values)) + half


@cache
def t_quantile(level: float, freedom: int) -> float:
    """The t within ± which Student's distribution lies with chance `level`: 12.7 for 0.95 and one degree of freedom."""
    low, high = 0.0, 1e4
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if student_tail(middle, freedom) > 1 - level else (low, middle)
    return high
