"""Long series for a chart that is a thousand pixels wide: fewer points, the same peaks."""

import numpy as np
import pandas as pd

from explorer.charts.sizes import MAX_ROWS

POINTS_PER_SERIES = 1000


def extremes(values: np.ndarray, most: int) -> np.ndarray:
    """The indices of at most `most` of the values, in order: the smallest and the largest of each bucket.

    `values`: float (n,). A bucket without any number keeps one entry, so that a gap stays a gap. The last value is
    always kept, because it is where a training run stands.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    buckets = max((most - 1) // 2, 1)
    size = -(-n // buckets)
    padded = np.full(buckets * size, np.nan)
    padded[:n] = values
    padded = padded.reshape(buckets, size)
    starts = np.arange(buckets) * size
    lowest = starts + np.where(np.isnan(padded), np.inf, padded).argmin(axis=1)
    highest = starts + np.where(np.isnan(padded), -np.inf, padded).argmax(axis=1)
    chosen = np.unique(np.concatenate([lowest, highest, [n - 1]]))
    return chosen[chosen < n]


def downsample(frame: pd.DataFrame, series: str | list[str], value: str, budget: int = MAX_ROWS) -> pd.DataFrame:
    """The frame with at most `budget` rows and 1000 per series, by `extremes`. `series`: the columns that identify a
    series.

    The rows of a series are in order, and stay so.
    """
    groups = [group for _, group in frame.groupby(series, sort=False)]
    most = min(POINTS_PER_SERIES, budget // max(len(groups), 1))
    parts = [group.iloc[extremes(group[value].to_numpy(dtype=float), most)] for group in groups]
    return pd.concat(parts, ignore_index=True) if parts else frame
