"""Where on a curve something happened: its best epoch (the highest validation accuracy), the beginning of over-fitting,
spikes, divergence, collapse.

The rules are those of explorer.insights.findings.curves, so that a mark and a finding never contradict each other.
"""

import numpy as np
import pandas as pd

from explorer.insights.findings.curves import overfitting
from explorer.insights.findings.finding import Finding
from explorer.insights.findings.spikes import leaps
from explorer.insights.findings.steps import collapse, divergence
from explorer.insights.findings.trial import Trial
from explorer.insights.learning_curves import (
    BEST,
    COLLAPSED,
    DIVERGED,
    OVERFITS,
    SPIKE,
    STEPS,
    TRAINING,
    VALIDATION,
)

COLUMNS = ["run", "mark", "epoch", "step", "note"]
ON = {  # the curves
    BEST: (VALIDATION,),
    OVERFITS: (VALIDATION,),
    SPIKE: (TRAINING,),
    DIVERGED: (TRAINING, VALIDATION),
    COLLAPSED: (TRAINING,),
}


def marks(trial: Trial, epoch_of_step: np.ndarray) -> pd.DataFrame:
    """Columns run, mark (one of learning_curves.MARKS), epoch and step (1-based), note (for the pointer).

    `epoch_of_step`: int (n,), the epoch of every recorded step, as long as `trial.step_loss`. A mark that is only known
    by its epoch is at that epoch's last step, 0 if none was recorded.
    """
    last_step = {int(epoch): index + 1 for index, epoch in enumerate(epoch_of_step)}
    found = []
    lost = (*_of(divergence(trial), DIVERGED, "diverged"), *_of(collapse(trial), COLLAPSED, "collapsed"))
    late = _of(overfitting(trial), OVERFITS, "over-fits after this epoch")
    for mark, over, number, note in (*_best(trial), *late, *_spikes(trial), *lost):
        epoch, step = (int(epoch_of_step[number - 1]), number) if over == "step" else (number, last_step.get(number, 0))
        found.append((trial.run, mark, epoch, step, note))
    return pd.DataFrame(found, columns=COLUMNS)


def _best(trial: Trial) -> list[tuple]:
    if len(trial.epochs) < 2 or trial.best_epoch is None:
        return []
    return [(BEST, "epoch", trial.best_epoch, "best epoch: highest validation accuracy")]


def _spikes(trial: Trial) -> list[tuple]:
    found, above, _ = leaps(trial)
    notes = [f"spike, {factor:.1f} times the loss of the steps around it" for factor in np.exp(above)]
    return [(SPIKE, "step", int(index) + 1, note) for index, note in zip(found, notes, strict=True)]


def _of(found: Finding | None, kind: str, note: str) -> list[tuple]:
    return [(kind, mark.over, mark.number, note) for mark in found.marks] if found else []


def placed(found: pd.DataFrame, points: pd.DataFrame, over: str, splits: tuple[str, ...]) -> pd.DataFrame:
    """The marks with columns x and value, on the curves of their runs; without those whose curve is not shown.

    `points`: run, split, place, x, value and smooth as in explorer.insights.learning_curves, for one measure. Best
    epochs and over-fitting are on the validation curve; spikes on the measured training curve; a divergence where the
    training (or else the validation) was last a number.
    """
    points = points[points["split"].isin(splits)]
    curves = dict(list(points.groupby(["run", "split"], sort=False)))
    rows = []
    for mark in found.itertuples(index=False):
        curve = next((curves[mark.run, split] for split in ON[mark.mark] if (mark.run, split) in curves), None)
        if curve is None:
            continue
        last = mark.step if over == STEPS else mark.epoch
        reached = curve[curve["place"] <= last]
        located = reached.dropna(subset="value")
        height = "value" if mark.mark == SPIKE else "smooth"
        x = reached["x"].iloc[-1] if len(reached) else curve["x"].iloc[0]
        value = located[height].iloc[-1] if len(located) else points["smooth"].max()
        rows.append((mark.run, mark.mark, float(x), float(value), mark.note))
    table = pd.DataFrame(rows, columns=["run", "mark", "x", "value", "note"])
    # On a curve over epochs all spikes of an epoch are at the same place.
    return table.groupby(["run", "mark", "x"], sort=False, as_index=False).agg(
        value=("value", "max"), note=("note", _together)
    )


def _together(notes: pd.Series) -> str:
    return notes.iloc[0] if len(notes) == 1 else f"{len(notes)} spikes"
