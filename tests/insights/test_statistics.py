"""Intervals and tests against published values and against scipy."""

import numpy as np
import pytest
from scipy import stats

from explorer.insights.statistics import holm, mcnemar, paired_bootstrap, student_tail, welch


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"), [(300, 220, 5.194e-4), (25, 15, 0.1539), (11, 1, 0.00635), (10, 10, 1.0), (0, 0, 1.0)]
)
def test_mcnemar_has_the_known_values(only_a, only_b, p):
    assert mcnemar(only_a, only_b) == pytest.approx(p, rel=1e-3)
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a)


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 1), (3, 17), (40, 60), (2000, 2100)])
def test_mcnemar_is_a_fair_coin(only_a, only_b):
    expected = stats.binomtest(only_a, only_a + only_b, 0.5).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-9)


def test_the_bootstrap_of_a_difference_is_its_normal_interval_for_many_images():
    draw = np.random.default_rng(0)
    a, b = draw.random(10_000) < 0.93, draw.random(10_000) < 0.90
    seen = paired_bootstrap(a, b)
    change = a.astype(float) - b
    half = 1.96 * change.std() / 100
    assert seen.value == pytest.approx(change.mean())
    assert seen.low == pytest.approx(change.mean() - half, abs=5e-4)
    assert seen.high == pytest.approx(change.mean() + half, abs=5e-4)


def test_the_bootstrap_of_equal_answers_is_nothing():
    same = np.arange(50) % 3 > 0
    seen = paired_bootstrap(same, same)
    assert (seen.value, seen.low, seen.high) == (0, 0, 0)


def test_holm_has_the_known_values():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@pytest.mark.parametrize(("t", "freedom"), [(12.706, 1), (4.303, 2), (2.776, 4), (2.228, 10), (1.984, 100)])
def test_the_tail_of_student_is_a_twentieth_where_tables_say_so(t, freedom):
    assert student_tail(t, freedom) == pytest.approx(0.05, rel=1e-3)


@pytest.mark.parametrize("freedom", [1, 1.3, 2.7, 8, 250.5])
@pytest.mark.parametrize("t", [0, 0.3, 2.5, 40])
def test_the_tail_of_student_is_scipys(t, freedom):
    assert student_tail(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), abs=1e-6)


def test_welch_is_scipys():
    a, b = [0.901, 0.912, 0.923], [0.951, 0.962, 0.94, 0.957]
    assert welch(a, b) == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, abs=1e-6)


@pytest.mark.parametrize(("a", "b"), [([0.9, 0.9], [0.9, 0.9]), ([0.9, 0.9, 0.9], [0.7, 0.7, 0.7])])
def test_without_any_spread_nothing_can_be_said(a, b):
    assert welch(a, b) == 1.0
