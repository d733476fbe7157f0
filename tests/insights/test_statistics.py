"""Intervals and tests against published values and against scipy."""

import itertools

import numpy as np
import pytest
from scipy import stats

from explorer.insights.statistics import (
    holm,
    mcnemar,
    paired_bootstrap,
    paired_images,
    paired_t,
    t_half_width,
    unpaired_images,
    welch,
)


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


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 1), (3, 17), (40, 60), (300, 220), (5, 5), (326, 1)])
def test_one_network_each_is_mcnemar(only_a, only_b):
    a, b = np.zeros((2, 1, 1000), dtype=bool)
    a[0, :only_a] = b[0, 500 : 500 + only_b] = True
    a[0, 900:] = b[0, 900:] = True
    assert paired_images(a, b) == pytest.approx(mcnemar(only_a, only_b), rel=1e-9, abs=0)


def test_a_chance_below_the_rounding_of_a_transform_is_exact():
    apart = [2] * 80 + [1] * 60 + [-1] * 2  # of two networks each: in how many more of a an image is right
    a = np.array([[True] * 140 + [True] * 2, [True] * 140 + [False] * 2])
    b = np.array([[False] * 80 + [True] * 60 + [True] * 2, [False] * 140 + [True] * 2])
    ways = [1]  # to reach each sum of sizes, in whole numbers
    for size in map(abs, apart):
        ways = [x + y for x, y in zip([*ways, *[0] * size], [*[0] * size, *ways], strict=True)]
    found = (sum(map(abs, apart)) + sum(apart)) // 2
    assert paired_images(a, b) == pytest.approx(2 * sum(ways[found:]) / 2 ** len(apart), rel=1e-9, abs=0)


def test_groups_of_networks_are_compared_by_every_flip_of_signs():
    draw = np.random.default_rng(3)
    a, b = draw.random((3, 11)) < 0.8, draw.random((2, 11)) < 0.5
    apart = a.mean(0) - b.mean(0)
    sums = [abs(np.dot(signs, apart)) for signs in itertools.product((-1, 1), repeat=11)]
    expected = np.mean(np.array(sums) >= abs(apart.sum()) - 1e-9)
    assert paired_images(a, b) == pytest.approx(expected, abs=1e-12)
    assert paired_images(a, b) == paired_images(b, a)


def test_equal_networks_are_found_different_as_seldom_as_the_level_says():
    """Images of all difficulties, three seeds each: p below 0.05 in a twentieth of the draws."""
    draw = np.random.default_rng(0)
    easy = draw.beta(4, 0.5, size=(400, 200))
    found = [paired_images(draw.random((3, 200)) < q, draw.random((3, 200)) < q) < 0.05 for q in easy]
    assert np.mean(found) == pytest.approx(0.05, abs=0.025)


def test_equal_answers_tell_nothing():
    same = np.arange(50)[None] % 3 > 0
    assert paired_images(same, same) == 1
    assert paired_images(np.repeat(same, 3, axis=0), same) == 1


def test_unpaired_counts_are_fishers():
    assert unpaired_images(3, 1, 4) == pytest.approx(0.4857, abs=1e-4)  # his tea
    assert unpaired_images(324, 252, 360) < 1e-6
    assert unpaired_images(90, 90, 100) == 1


def test_the_bootstrap_of_a_difference_is_its_normal_interval_for_many_images():
    draw = np.random.default_rng(0)
    a, b = draw.random(10_000) < 0.93, draw.random(10_000) < 0.90
    difference = paired_bootstrap(a, b)
    change = a.astype(float) - b
    half = 1.96 * change.std() / 100
    assert difference.value == pytest.approx(change.mean())
    assert difference.low == pytest.approx(change.mean() - half, abs=5e-4)
    assert difference.high == pytest.approx(change.mean() + half, abs=5e-4)


def test_the_bootstrap_of_equal_answers_is_nothing():
    same = np.arange(50) % 3 > 0
    difference = paired_bootstrap(same, same)
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)


def test_holm_has_the_known_values():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_welch_is_scipys():
    a, b = [0.901, 0.912, 0.923], [0.951, 0.962, 0.94, 0.957]
    assert welch(a, b) == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, rel=1e-9)


def test_equal_means_without_spread_are_equal():
    assert welch([0.9, 0.9], [0.9, 0.9]) == 1.0
    assert paired_t([0.0, 0.0]) == 1.0


def test_without_spread_a_p_value_is_what_it_tends_to_as_the_spread_falls():
    falling = [welch([0.9, 0.9 + hair], [0.7, 0.7]) for hair in (0.1, 0.01, 0.0001, 0.0)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == welch([0.9] * 3, [0.7] * 3) == 0
    assert welch([0.9, 0.9], [0.1, 0.1001]) < 1e-4
    assert paired_t([0.05, 0.05 + 1e-6]) < 1e-4
    assert paired_t([0.05, 0.05]) == 0


def test_the_paired_test_is_scipys():
    values = [0.02, 0.05, -0.01, 0.04]
    assert paired_t(values) == pytest.approx(stats.ttest_1samp(values, 0).pvalue, rel=1e-9)


@pytest.mark.parametrize(("n", "quantile"), [(2, 12.706), (3, 4.3027), (5, 2.7764), (31, 2.0423)])
def test_intervals_have_the_width_of_the_tables(n, quantile):
    values = np.arange(n, dtype=float)
    assert t_half_width(values) == pytest.approx(quantile * values.std(ddof=1) / np.sqrt(n), rel=1e-4)


def test_intervals_hold_the_mean_as_often_as_they_say():
    draw = np.random.default_rng(0)
    held = [abs(values.mean()) < t_half_width(values) for values in draw.normal(size=(2000, 3))]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)
