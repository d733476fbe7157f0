"""What a start from another network is worth: the gain over a start from random weights, seed by seed."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from explorer.insights.findings.trial import Trial
from explorer.insights.statistics import Z95, holm, paired_images, paired_t, t_half_width
from explorer.runs.wording import FROM_SCRATCH, share_of_images, way_to_start

KEYS = ["model", "share", "seed"]
COLUMNS = [
    *("model", "mode", "share", "gain", "low", "high", "smallest", "largest", "pairs"),
    *("p", "adjusted", "adjusted_images"),
]


def results_of(trials: list[Trial]) -> pd.DataFrame:
    """The argument of `gains`, from the finished runs of the transfer study."""
    rows = [
        {
            "model": t.model,
            "mode": way_to_start(t.settings["tune"]),
            "share": share_of_images(t.settings["fraction"]),
            "seed": t.seed,
            "accuracy": t.test_accuracy,
            "correct": t.correct,
            "run": t.run,
        }
        for t in trials
        if t.test_accuracy is not None
    ]
    return pd.DataFrame(rows, columns=["model", "mode", "share", "seed", "accuracy", "correct", "run"])


def gains(results: pd.DataFrame) -> pd.DataFrame:
    """Accuracy minus that from scratch with the same images, for each way to start and share of the images.

    results: columns model, mode, share, seed, accuracy (a fraction) and, if predictions were stored, correct (bool
    (N,), one per test image). Pairs have one model, share and seed, hence the same training images in the same order.
    If all seeds start from one source, as in the study, everything is conditional on this one source: how much another
    would change is not included.

    Returns model, mode, share, gain (mean of the pairs), low and high (its 95 % interval, see `interval`; NaN for one
    pair), smallest, largest, pairs, p (for no gain: the larger p-value of `paired_t` over the seeds and of
    `paired_images` over the test images; NaN for one pair), adjusted (by Holm's method for all rows of the model) and
    adjusted_images (the same for the images alone).
    """
    if "correct" not in results:
        results = results.assign(correct=None)
    scratch = results[results["mode"] == FROM_SCRATCH][[*KEYS, "accuracy", "correct"]]
    paired = results[results["mode"] != FROM_SCRATCH].merge(scratch, on=KEYS, suffixes=("", "_scratch"))
    rows = []
    for (model, mode, share), pairs in paired.groupby(["model", "mode", "share"], sort=False):
        values = (pairs["accuracy"] - pairs["accuracy_scratch"]).to_numpy()
        correct, correct_scratch = (_stacked(pairs[name]) for name in ("correct", "correct_scratch"))
        paired_by_image = correct is not None and correct_scratch is not None
        of_images = paired_images(correct, correct_scratch) if paired_by_image else 0.0
        low, high = interval(values, correct.mean(0) - correct_scratch.mean(0) if paired_by_image else None)
        p = max(paired_t(values), of_images) if len(values) > 1 else float("nan")
        figures = values.mean(), low, high, values.min(), values.max(), len(values)
        rows.append((model, mode, share, *figures, p, float("nan"), of_images if paired_by_image else float("nan")))
    table = pd.DataFrame(rows, columns=COLUMNS)
    for column, raw in (("adjusted", table["p"]), ("adjusted_images", table["adjusted_images"])):
        table[column] = raw.groupby(table["model"], sort=False).transform(_adjusted)
    return table


def interval(values: Sequence[float], apart: np.ndarray | None = None) -> tuple[float, float]:
    """The 95 % interval of a mean gain: Student's t over the seeds, but never narrower than the images allow.

    `values`: the gain of each seed. `apart`: float (N,), the share of seeds that are right on each test image minus
    that from scratch; its Wald interval is taken after adding one image for and one against (Bonett & Price 2012; so it
    is never empty). NaN for one seed, and for seeds without spread if there are no images.
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    half = t_half_width(values)
    if apart is not None:
        half = max(half, Z95 * float(np.append(apart, (1, -1)).std()) / math.sqrt(len(apart) + 2))
    half = half if half > 1e-9 else float("nan")
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def _stacked(column: pd.Series) -> np.ndarray | None:
    """bool (runs, N); None if a run has stored no predictions."""
    return np.stack(column.to_list()) if column.notna().all() else None


def _adjusted(column: pd.Series) -> pd.Series:
    p_values = column.dropna()
    return pd.Series(holm(p_values.to_list()), index=p_values.index, dtype=float).reindex(column.index)
