"""What the demo pair shows, one sentence per page, from the two runs' own numbers. They are about these two networks:
only more seeds can show what skip connections do in general (docs/benchmarks.md has five)."""

import numpy as np

from explorer.insights.findings.pairwise_tests import pairwise_tests, predictions_of
from explorer.insights.findings.wording import p_value, percent, short
from explorer.runs import Run, StepHistory


def accuracy(plain: Run, residual: Run) -> str | None:
    """After the last epoch, on the validation images. None before the first epoch of either has ended."""
    if not (plain.record.best and residual.record.best):
        return None
    return (
        f"With skip connections the network classifies {percent(residual.record.best.validation_accuracy)} of the "
        f"{residual.dataset.images.validation} validation images correctly at its best, without them "
        f"{percent(plain.record.best.validation_accuracy)}."
    )


def first_layer(plain: StepHistory, residual: StepHistory) -> str | None:
    """How large the gradients of the first layer are in the first epoch. None for runs without a finite step."""
    norms = [_first_epoch(history) for history in (plain, residual)]
    if not all(norms):
        return None
    return (
        f"In the first epoch the gradient of the first layer is {short(norms[0] / norms[1])} times as large without "
        f"skip connections as with them (median norms: {short(norms[0])} and {short(norms[1])})."
    )


def _first_epoch(history: StepHistory) -> float:
    """The median over the finite steps; 0.0 if there are none."""
    norms = history.norms[history.epoch == 1, 0]
    norms = norms[np.isfinite(norms)]
    return float(np.median(norms)) if len(norms) else 0.0


def test_images(plain: Run, residual: Run) -> str | None:
    """Whether the two differ on the test images. None for runs that have not finished."""
    of_runs = [of_run for run in (plain, residual) if not isinstance(of_run := predictions_of(run, run.id), str)]
    test = next(iter(pairwise_tests(of_runs)), None)
    if test is None:
        return None
    alone = {test.a: test.only_a, test.b: test.only_b}
    return (
        f"Of the same {test.n} test images, {alone[residual.id]} are classified correctly only with skip connections, "
        f"{alone[plain.id]} only without: these two networks {'differ' if test.is_sure else 'cannot be distinguished'} "
        f"(exact McNemar, {p_value(test.p)})."
    )
