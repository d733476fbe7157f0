"""Laws of intervals and tests, for whatever counts come."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import binomtest

from explorer.insights.statistics import holm, mcnemar, paired_bootstrap, wilson

counts = st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(counts)
def test_wilsons_interval_holds_the_accuracy_and_mirrors(correct_of):
    correct, n = correct_of
    low, high = wilson(correct, n)
    assert 0 <= low <= correct / n + 1e-12
    assert correct / n - 1e-12 <= high <= 1
    mirrored = wilson(n - correct, n)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-12)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemars_test_is_the_binomial_test_of_a_fair_coin(only_a, only_b):
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a)
    if only_a + only_b:
        assert mcnemar(only_a, only_b) == pytest.approx(binomtest(only_a, only_a + only_b).pvalue)


@given(p_values)
def test_holm_never_makes_a_difference_surer(raw):
    adjusted = holm(raw)
    assert all(before <= after <= 1 for before, after in zip(raw, adjusted, strict=True))
    assert all(after <= min(1, len(raw) * before) + 1e-15 for before, after in zip(raw, adjusted, strict=True))
    order = np.argsort(raw, kind="stable")
    assert list(np.array(adjusted)[order]) == sorted(adjusted)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=200))
def test_a_paired_difference_lies_in_its_interval_and_mirrors(predictions):
    a, b = (np.array(column) for column in zip(*predictions, strict=True))
    one, other = paired_bootstrap(a, b, draws=500), paired_bootstrap(b, a, draws=500)
    assert one.value == pytest.approx(a.mean() - b.mean())
    assert one.value == -other.value
    assert one.low <= one.high
