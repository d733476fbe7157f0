"""Marks lie where the findings say, and on the curve that they speak of."""

import numpy as np
import pandas as pd
import pytest

from explorer.insights.findings.curves import overfitting, spikes
from explorer.insights.findings.marks import marks, placed
from explorer.insights.learning_curves import (
    BEST,
    COLLAPSED,
    DIVERGED,
    EPOCHS,
    OVERFITS,
    SPIKE,
    STEPS,
    TRAINING,
    VALIDATION,
)
from tests.insights.planted import falling, overfitted, step_loss, trial

PER_EPOCH = 20


def found(known) -> pd.DataFrame:
    return marks(known, np.arange(len(known.step_loss)) // PER_EPOCH + 1)


def with_spikes(*at: int) -> np.ndarray:
    loss = step_loss()
    loss[list(at)] *= 6
    return loss


def test_over_fitting_is_marked_at_the_lowest_validation_loss():
    known = trial(overfitted(best=6), train=falling())
    assert overfitting(known)
    [mark] = found(known).query("mark == @OVERFITS").itertuples()
    assert mark.epoch == 6


def test_the_best_epoch_has_the_highest_validation_accuracy_wherever_the_loss_is_lowest():
    accuracy = np.linspace(0.5, 0.9, 20)
    marks = found(trial(overfitted(best=6), train=falling(), accuracy=accuracy)).set_index("mark")["epoch"]
    assert (marks[BEST], marks[OVERFITS]) == (20, 6)


def test_the_first_of_equal_epochs_is_the_best_one():
    [mark] = found(trial(falling(4), accuracy=[0.5, 0.9, 0.8, 0.9])).itertuples()
    assert (mark.mark, mark.epoch) == (BEST, 2)


def test_every_spike_is_marked_at_its_step_and_epoch():
    known = trial(falling(20), steps=with_spikes(120, 305))
    assert spikes(known)
    leaps = found(known).query("mark == @SPIKE")
    assert leaps["step"].tolist() == [121, 306]
    assert leaps["epoch"].tolist() == [7, 16]


@pytest.mark.parametrize(
    ("steps", "step"),
    [
        (np.concatenate([step_loss(100), [np.nan] * 20]), 101),
        (np.concatenate([step_loss(50), [500.0], np.full(69, 2.303)]), 51),  # never learns again
        (np.full(120, 4.0), 1),  # above guessing from the start to the end
        (np.concatenate([np.geomspace(2.3, 0.1, 400), np.full(100, 3.0)]), 401),
    ],
)
def test_a_divergence_is_where_it_happened(steps, step):
    [mark] = found(trial([2.3] * 6, steps=steps)).query("mark == @DIVERGED").itertuples()
    assert mark.step == step
    assert mark.epoch == (step - 1) // PER_EPOCH + 1


def test_an_explosion_that_recovers_is_a_spike():
    marks = found(trial([2.3] * 6, steps=np.concatenate([step_loss(50), [500.0], step_loss(69)])))
    assert marks.query("mark == @SPIKE")["step"].tolist() == [51]
    assert DIVERGED not in set(marks["mark"])


def test_a_collapse_is_marked_where_it_began():
    steps = np.concatenate([np.geomspace(2.3, 0.1, 400), np.full(200, 2.303)])
    marks = found(trial(falling(30), steps=steps)).set_index("mark")
    assert marks.loc[COLLAPSED, ["step", "epoch"]].tolist() == [401, 21]


def test_without_steps_a_divergence_is_found_in_the_epochs():
    assert DIVERGED in set(found(trial([2.0, np.nan, np.nan]))["mark"])


def test_one_epoch_has_no_best_one():
    assert found(trial([1.0])).empty


def points(run="digits-net-0001"):
    rows = [(run, split, n, float(n), 10 - n + bonus, 20.0) for split, bonus in ((TRAINING, 0), (VALIDATION, 0.5))
            for n in range(1, 6)]  # fmt: skip
    return pd.DataFrame(rows, columns=["run", "split", "place", "x", "value", "smooth"])


def mark(kind, epoch, step=1, note="note"):
    return pd.DataFrame(
        [("digits-net-0001", kind, epoch, step, note)], columns=["run", "mark", "epoch", "step", "note"]
    )


def test_a_best_epoch_lies_on_the_line_of_the_validation():
    [at] = placed(mark(BEST, 3), points(), EPOCHS, (VALIDATION, TRAINING)).itertuples()
    assert (at.x, at.value) == (3.0, 20.0)


def test_a_spike_lies_on_what_was_measured_not_on_the_smoothed_line():
    [at] = placed(mark(SPIKE, 1, step=4), points(), STEPS, (TRAINING,)).itertuples()
    assert (at.x, at.value) == (4.0, 6.0)


def test_a_divergence_is_drawn_where_the_run_was_last_seen():
    lost = points()
    lost.loc[lost["place"] >= 4, ["value", "smooth"]] = np.nan
    [at] = placed(mark(DIVERGED, 4), lost, EPOCHS, (VALIDATION, TRAINING)).itertuples()
    assert (at.x, at.value) == (4.0, 20.0)


@pytest.mark.parametrize(("kind", "hidden"), [(BEST, VALIDATION), (OVERFITS, VALIDATION), (SPIKE, TRAINING)])
def test_what_is_hidden_has_no_marks(kind, hidden):
    shown = tuple({VALIDATION, TRAINING} - {hidden})
    assert placed(mark(kind, 2), points(), EPOCHS, shown).empty


def test_spikes_of_one_epoch_are_one_mark_that_counts_them():
    three = pd.concat([mark(SPIKE, 2, step) for step in (1, 2, 3)])
    [at] = placed(three, points(), EPOCHS, (TRAINING,)).itertuples()
    assert at.note == "3 spikes"
