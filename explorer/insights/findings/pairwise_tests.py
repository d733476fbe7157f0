"""Which of several trained networks differ, tested on the same test images."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.wording import p_value, points
from explorer.insights.statistics import Difference, holm, mcnemar, paired_bootstrap
from explorer.runs import ACTIVE, Run
from explorer.runs.history import read_test_predictions

SURE = 0.05  # of an adjusted p-value


@dataclass(frozen=True, eq=False)
class RunPredictions:
    """Which test images a finished run classifies correctly."""

    run: str  # its id
    name: str  # name in sentences
    data: str  # the name of its data set
    fingerprint: str
    correct: np.ndarray  # bool (N,), in the order of the test split


@dataclass(frozen=True)
class PairwiseTest:
    """Two runs on the same test images. p-values are of the exact McNemar test; `adjusted` by Holm for all pairs."""

    a: str  # the name of the one with more correct images
    b: str
    runs: tuple[str, str]  # their ids
    n: int  # test images
    only_a: int  # images that only a classifies correctly
    only_b: int
    difference: Difference  # accuracy of a minus that of b, with its paired bootstrap interval
    p: float
    adjusted: float

    @property
    def is_sure(self) -> bool:
        """Whether the adjusted p-value is below 5 %."""
        return self.adjusted < SURE


def predictions_of(run: Run, name: str) -> RunPredictions | str:
    """The test predictions of a run, or one sentence that says why it has none; `name`: its name in sentences."""
    if run.status != "finished":
        state = "is" if run.status in ACTIVE else "has"
        return f"{name} {state} {run.status}: the test images are used once, when a run has finished."
    predictions = read_test_predictions(run)
    if predictions is None:
        return f"{name} has no saved predictions on the test images: train it again to compare it."
    data = run.dataset
    return RunPredictions(run.id, name, data.name, data.fingerprint, predictions[0] == predictions[1])


def pairwise_tests(of_runs: list[RunPredictions]) -> list[PairwiseTest]:
    """Every pair of runs with the same test images, the smallest p-value first."""
    pairs = [
        sorted(pair, key=lambda of_run: -of_run.correct.sum())
        for pair in combinations(of_runs, 2)
        if pair[0].fingerprint == pair[1].fingerprint
    ]
    only = [(int((a.correct & ~b.correct).sum()), int((b.correct & ~a.correct).sum())) for a, b in pairs]
    raw = [mcnemar(*counts) for counts in only]
    found = [
        PairwiseTest(
            a.name, b.name, (a.run, b.run), len(a.correct), *counts, paired_bootstrap(a.correct, b.correct), p, adjusted
        )
        for (a, b), counts, p, adjusted in zip(pairs, only, raw, holm(raw), strict=True)
    ]
    return sorted(found, key=lambda pair: pair.p)


def not_comparable(of_runs: list[RunPredictions]) -> list[str]:
    """One sentence for every two data sets whose runs cannot be compared image by image."""
    sets = {of_run.fingerprint: of_run for of_run in of_runs}
    sentences = []
    for a, b in combinations(sets.values(), 2):
        if a.data == b.data:
            sentences.append(
                f"{a.name} and {b.name} were tested on different images: {a.data} has changed between them "
                f"(fingerprints {a.fingerprint[:8]} and {b.fingerprint[:8]}). Train one of them again."
            )
        else:
            sentences.append(
                f"Runs on {a.data} and on {b.data} were tested on different images, so no test can compare them."
            )
    return sentences


def networks_that_differ(tests: list[PairwiseTest]) -> Finding | None:
    """What the test images show: for a single pair its counts and interval, for several how many differ. None if there
    are none."""
    if not tests:
        return None
    return Finding(
        _of_one(tests[0]) if len(tests) == 1 else _of_several(tests),
        "Exact McNemar test on the images that only one of two networks predicts correctly, adjusted by Holm's method "
        "for all pairs; the interval is a paired bootstrap of the test images, 10,000 draws. It compares these trained "
        "networks, not their architectures: it does not include the spread between seeds.",
        SURE,
        {f"adjusted p of {test.a} and {test.b}": test.adjusted for test in tests},
        tuple(dict.fromkeys(run for test in tests for run in test.runs)),
        kind="test images",
    )


def _of_one(test: PairwiseTest) -> str:
    verdict = "differ" if test.is_sure else "cannot be distinguished"
    return (
        f"On the same {test.n:,} test images, {test.a} alone classifies {test.only_a} correctly, {test.b} "
        f"alone {test.only_b}: these two networks {verdict} (exact McNemar, {p_value(test.p)}). The difference is "
        f"{points(test.difference.value)} percentage points, 95 % interval {points(test.difference.low)} to "
        f"{points(test.difference.high)}."
    )


def _of_several(tests: list[PairwiseTest]) -> str:
    sure = sum(test.is_sure for test in tests)
    return (
        f"The test images tell {sure or 'none'} of {len(tests)} pairs apart "
        f"(exact McNemar, adjusted by Holm's method for all pairs, p < {SURE:g})."
    )
