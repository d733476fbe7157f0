"""Pairs of networks on the same test images: only where they are the same, and adjusted for how many there are."""

import numpy as np
import pytest

from explorer.insights.findings.pairwise_tests import (
    RunPredictions,
    networks_that_differ,
    not_comparable,
    pairwise_tests,
    predictions_of,
)
from explorer.insights.statistics import holm, mcnemar
from explorer.runs import RunConfig, create
from explorer.runs.history import write_test_predictions
from tests.records import images_of


def run_predictions(run: str, right: int, n: int = 100, fingerprint: str = "f", data: str = "digits") -> RunPredictions:
    return RunPredictions(run, run, data, fingerprint, np.arange(n) < right)


def test_the_better_one_is_first_and_its_difference_positive():
    [pair] = pairwise_tests([run_predictions("a", 80), run_predictions("b", 90)])
    assert (pair.a, pair.b, pair.only_a, pair.only_b, pair.n) == ("b", "a", 10, 0, 100)
    assert pair.difference.value == pytest.approx(0.1)
    assert pair.difference.low > 0
    assert pair.p == pair.adjusted == mcnemar(10, 0)
    assert pair.is_sure


def test_several_pairs_are_adjusted_by_holm_and_sorted():
    pairs = pairwise_tests(
        [run_predictions("a", 80), run_predictions("b", 88), run_predictions("c", 91), run_predictions("d", 90)]
    )
    assert len(pairs) == 6
    assert [pair.p for pair in pairs] == sorted(pair.p for pair in pairs)
    assert [pair.adjusted for pair in pairs] == pytest.approx(holm([pair.p for pair in pairs]))


def test_what_one_pair_shows_many_pairs_may_not():
    two = pairwise_tests([run_predictions("a", 90), run_predictions("b", 97)])
    many = pairwise_tests([run_predictions("a", 90), *(run_predictions(f"b{n}", 97) for n in range(12))])
    assert two[0].is_sure
    assert not many[0].is_sure


def test_the_finding_says_of_one_pair_its_counts_and_of_several_how_many():
    one = networks_that_differ(pairwise_tests([run_predictions("a", 90), run_predictions("b", 97)]))
    assert one.sentence.startswith(
        "On the same 100 test images, b alone classifies 7 correctly, a alone 0: these two networks differ"
    )
    assert one.runs == ("b", "a")
    assert (one.threshold, one.numbers) == (0.05, {"adjusted p of b and a": mcnemar(7, 0)})
    near = networks_that_differ(pairwise_tests([run_predictions("a", 90), run_predictions("b", 91)]))
    assert "cannot be distinguished (exact McNemar, p = 1)" in near.sentence
    several = networks_that_differ(
        pairwise_tests([run_predictions("a", 50), run_predictions("b", 51), run_predictions("c", 99)])
    )
    assert several.sentence.startswith("The test images tell 2 of 3 pairs apart")
    assert len(several.numbers) == 3
    assert networks_that_differ([]) is None


def test_different_test_images_are_never_compared():
    of_runs = [
        run_predictions("a", 80),
        run_predictions("b", 99, 200, "g", "shapes"),
        run_predictions("c", 70, 100, "h"),
    ]
    assert pairwise_tests(of_runs) == []
    said = " ".join(not_comparable(of_runs))
    assert "digits and on shapes" in said
    assert "a and c were tested on different images: digits has changed" in said


def test_one_run_has_nobody_to_be_compared_with():
    assert pairwise_tests([run_predictions("a", 80)]) == []
    assert not_comparable([run_predictions("a", 80)]) == []


@pytest.mark.parametrize(("status", "word"), [("running", "is running"), ("failed", "has failed")])
def test_a_run_that_has_not_finished_says_so(status, word, checkpoints):
    assert word in predictions_of(create(RunConfig("digits", "mlp"), status=status), "A")


def test_answers_are_read_from_the_run(checkpoints):
    run = create(RunConfig("digits", "mlp")).change(status="finished", dataset=images_of("f"))
    assert "no saved predictions" in predictions_of(run, "A")
    write_test_predictions(run, np.array([1, 2, 3]), np.array([1, 2, 0]))
    assert predictions_of(run, "A").correct.tolist() == [True, True, False]
