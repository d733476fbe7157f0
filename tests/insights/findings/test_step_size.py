"""A run that has learned nothing is told which learning rate to try, where its steps show it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from explorer.insights.findings.collect import findings, leaders
from explorer.insights.findings.step_size import CHANGE
from explorer.insights.findings.trial import Trial
from explorer.insights.updates import largest_median_update
from explorer.runs import WeightStats


def guessing(loss: float = 2.3) -> Trial:
    rows = {"train_loss": loss, "validation_loss": loss, "train_accuracy": 0.1, "validation_accuracy": 0.1}
    rows |= {"seconds": 1.0, "learning_rate": 0.1}
    return Trial("r", "r", pd.DataFrame([rows] * 3), np.full(60, loss), validation_images=258)


@pytest.mark.parametrize(
    ("change", "advice"),
    [(0.0004, "at most 0.04 % of its norm"), (9.6, "is 9.6e+02 % of its norm"), (0.02, ""), (None, "")],
)
def test_steps_far_from_the_usual_size_are_named(change: float | None, advice: str) -> None:
    (found, *_) = findings([replace(guessing(), largest_update=change)])
    assert ("learning rate may help" in found.sentence) == bool(advice)
    assert advice in found.sentence
    assert found.numbers.get(CHANGE) == (change if advice else None)
    assert ("Karpathy" in found.rule) == bool(advice)


def test_small_steps_after_too_large_a_one_ask_for_no_larger_ones() -> None:
    exploded = replace(guessing(), largest_update=1e-8, step_loss=np.array([2.3, 2e5, *[2.34] * 58]))
    died = replace(guessing(), largest_update=1e-8, dead={"conv": 0.95})
    for trial, kind in ((exploded, "divergence"), (died, "unlearned")):
        (found,) = (one for one in findings([trial]) if one.kind == kind)
        assert "learning rate may help" not in found.sentence


def test_of_a_single_run_it_is_said_first_that_it_has_not_learned() -> None:
    (led,) = leaders([guessing()])
    assert led.answer == "r has learned next to nothing."
    assert led.sentence.startswith("Its lowest training loss is 2.300, random guessing gives 2.303")
    (led,) = leaders([guessing(float("nan"))])
    assert led.answer == "r diverged."


def test_the_median_is_over_tensors_and_steps_of_an_epoch() -> None:
    names, kinds = ("a.weight", "a.bias", "b.weight"), ("weight", "bias", "weight")
    table = pd.DataFrame({"parameter": names, "layer": ("a", "a", "b"), "kind": kinds, "depth": (0, 0, 1)})
    norms = np.ones((3, 3), np.float32)
    updates = np.array([[0.2, 9, 0.4], [0.01, 9, 0.03], [0.03, 9, 0.05]], np.float32)
    stats = WeightStats(np.arange(3), np.array([1, 2, 2]), names, norms, norms, updates)
    assert largest_median_update(stats, table) == pytest.approx(0.3)
