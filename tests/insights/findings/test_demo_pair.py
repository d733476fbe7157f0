"""What the demo pair shows: sentences with the runs' own numbers, and none where a number is missing."""

import re

import numpy as np

from explorer.insights.findings import demo_pair
from explorer.runs import StepHistory, sample_runs, steps


def history(*first: float) -> StepHistory:
    """Steps of one epoch with these norms of the first layer."""
    n = len(first)
    norms = np.array([[norm, 1.0] for norm in first], np.float32).reshape(n, 2)
    ones = np.ones(n)
    return StepHistory(np.arange(1, n + 1), ones.astype(int), ones, ones, ("first", "last"), norms)


def test_the_gradient_is_compared_by_its_median_in_the_first_epoch():
    sentence = demo_pair.first_layer(history(8, 10, 900), history(1, 2, 3))
    assert "is 5.0 times as large without skip connections" in sentence
    assert "10 and 2.0" in sentence


def test_no_sentence_without_a_number(monkeypatch):
    assert demo_pair.first_layer(history(), history(1)) is None
    assert demo_pair.first_layer(history(np.nan), history(1)) is None
    assert demo_pair.first_layer(history(1), history(0)) is None


def test_the_samples_are_told_from_their_own_records(monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    plain, residual = sample_runs()
    accuracy, test = demo_pair.accuracy(plain, residual), demo_pair.test_images(plain, residual)
    assert f"{100 * residual.best_validation_accuracy:.1f} % of the 258 validation images" in accuracy
    assert f"without them {100 * plain.best_validation_accuracy:.1f} %" in accuracy
    assert re.search(r"Of the same 382 test images, \d+ are classified correctly only with skip connections, \d", test)
    assert "these two networks differ" in test
    assert "times as large" in demo_pair.first_layer(steps(plain.id), steps(residual.id))
