"""How large gradients and updates are relative to the weights that they change, and the mean gradient of each epoch."""

import numpy as np
import pandas as pd

from explorer.insights.gradients import layer_norms
from explorer.runs import StepHistory, WeightStats

GUIDE = 1e-3  # ‖Δw‖ / ‖w‖ of one step where training usually goes well; a rule of thumb, Karpathy 2015, CS231n


def ratios(stats: WeightStats, table: pd.DataFrame) -> pd.DataFrame:
    """For each weight tensor at each measured step: columns parameter, kind, layer, depth (of `table`, see
    explorer.insights.gradients.parameter_table), step, epoch, gradient (‖g‖ / ‖w‖), update (‖Δw‖ / ‖w‖).

    Weights only: a bias begins at zero, so its ratio would be meaningless. NaN if a norm was not finite or the weights
    are all zero.
    """
    rows = table[(table["kind"] == "weight") & table["parameter"].isin(stats.parameters)]
    column = [list(stats.parameters).index(name) for name in rows["parameter"]]
    weights = np.asarray(stats.weights, dtype=np.float64)[:, column]

    def over_weights(norms: np.ndarray) -> np.ndarray:
        norms = np.asarray(norms, dtype=np.float64)[:, column]
        ratio = np.divide(norms, weights, out=np.full_like(norms, np.nan), where=weights > 0)
        return np.where(np.isfinite(ratio), ratio, np.nan).T.ravel()

    n = len(stats.step)
    every = rows.loc[rows.index.repeat(n)].reset_index(drop=True)
    return every.assign(
        step=np.tile(stats.step, len(rows)),
        epoch=np.tile(stats.epoch, len(rows)),
        gradient=over_weights(stats.gradients),
        update=over_weights(stats.updates),
    )


def up_to_epoch(rows: pd.DataFrame, epoch: int) -> pd.DataFrame:
    """One row per parameter: its mean over the measured steps of an epoch, or of the last epoch before it that had one.

    A small data set may have fewer steps per epoch than there are between two measurements, so an epoch may have none.
    """
    before = rows[rows["epoch"] <= epoch]
    latest = before[before["epoch"] == before["epoch"].max()]
    return latest.groupby(["parameter", "kind", "layer", "depth", "epoch"], as_index=False, sort=False)[
        ["gradient", "update"]
    ].mean()


def largest_median_update(stats: WeightStats, table: pd.DataFrame) -> float | None:
    """The highest, over the epochs, of the median ‖Δw‖ / ‖w‖ over measured steps and weight tensors; None if no step
    was measured."""
    medians = ratios(stats, table).groupby("epoch")["update"].median().dropna()
    return float(medians.max()) if len(medians) else None


def epoch_means(steps: StepHistory, table: pd.DataFrame) -> pd.DataFrame:
    """The mean gradient norm of the weights in each epoch, over layers and steps: columns epoch, norm.

    Steps whose gradients were not finite are left out; an epoch with only such steps is NaN.
    """
    wide = layer_norms(steps, table, ["weight"])
    every_step = wide.where(np.isfinite(wide)).mean(axis=1)
    return pd.DataFrame({"epoch": steps.epoch, "norm": every_step.to_numpy()}).groupby("epoch", as_index=False).mean()
