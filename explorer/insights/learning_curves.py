"""Learning curves as tables that a chart draws: over epochs, steps or seconds, smoothed, and pooled by group.

All tables have one row per point: run, split ("validation" or "training"), place (the epoch or step, by which runs are
matched), x (where it is drawn) and value, NaN if a number was not finite.
"""

import numpy as np
import pandas as pd

EPOCHS, STEPS, SECONDS = "epochs", "steps", "seconds"
VALIDATION, TRAINING = "validation", "training"
BEST, OVERFITS, SPIKE, DIVERGED, COLLAPSED = MARKS = (
    "best epoch",
    "over-fits from here",
    "spike",
    "diverged",
    "collapsed",
)
COLUMNS = ["run", "split", "place", "x", "value"]


def over_epochs(epochs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """`epochs`: from explorer.runs.epochs; `measure`: "loss" (nats an image) or "accuracy" (a fraction)."""
    return _of_epochs(epochs, measure, epochs["epoch"])


def over_seconds(epochs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """At the end of each epoch: the seconds of all epochs so far, including their validation."""
    return _of_epochs(epochs, measure, epochs.groupby("run", sort=False)["seconds"].cumsum())


def over_steps(epochs: pd.DataFrame, steps: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Training at every step (a batch, before its update), validation at the last step of its epoch.

    `steps`: run, step, epoch and `measure`, in the order of training.
    """
    training = steps[["run"]].assign(
        split=TRAINING, place=steps["step"], x=steps["step"], value=_finite(steps[measure])
    )
    last = steps.groupby(["run", "epoch"], as_index=False, sort=False)["step"].max()
    validation = epochs[["run", "epoch", f"validation_{measure}"]].merge(last, on=["run", "epoch"])
    validation = validation[["run"]].assign(
        split=VALIDATION,
        place=validation["step"],
        x=validation["step"],
        value=_finite(validation[f"validation_{measure}"]),
    )
    return pd.concat([training, validation], ignore_index=True)[COLUMNS]


def smoothed(points: pd.DataFrame, weight: float) -> pd.Series:
    """The exponential moving average of every run and split, debiased, as TensorBoard draws it.

    s_t = w·s_(t−1) + (1 − w)·v_t from s_0 = 0, divided by 1 − w^t: so the first value is v_1, not almost zero (Kingma &
    Ba 2015, section 3). `weight`: w in [0, 1). A value that is not finite is skipped and stays a gap.
    """
    groups = points.groupby(["run", "split"], sort=False)["value"]
    average = groups.transform(lambda v: v.ewm(alpha=1 - weight, adjust=True, ignore_na=True).mean())
    return average.where(points["value"].notna())


def pooled(points: pd.DataFrame, group_of: dict[str, str]) -> pd.DataFrame:
    """The runs of a group as one curve: a row for each series (group), split and place.

    `points`: with the column smooth. Returns series, split, place, x, value and smooth (means over the runs that got
    there; NaN if one of them has no number), low and high (the lowest and highest `smooth`), and runs (their number).
    """
    named = points.assign(series=points["run"].map(group_of))
    groups = named.groupby(["series", "split", "place"], sort=False)
    table = groups.agg(
        x=("x", "mean"),
        value=("value", "mean"),
        smooth=("smooth", "mean"),
        low=("smooth", "min"),
        high=("smooth", "max"),
        runs=("value", "size"),
        known=("value", "count"),
    ).reset_index()
    measured = ["value", "smooth", "low", "high"]
    table[measured] = table[measured].where(table["known"].eq(table["runs"]), np.nan)
    return table.drop(columns="known").sort_values(["series", "split", "place"], kind="stable", ignore_index=True)


def _of_epochs(epochs: pd.DataFrame, measure: str, x: pd.Series) -> pd.DataFrame:
    parts = [
        epochs[["run"]].assign(split=split, place=epochs["epoch"], x=x, value=_finite(epochs[f"{column}_{measure}"]))
        for split, column in ((TRAINING, "train"), (VALIDATION, "validation"))
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _finite(column: pd.Series) -> pd.Series:
    values = column.astype(float)
    return values.where(np.isfinite(values))
