"""Gains are differences of pairs, and their intervals are Student's."""

import numpy as np
import pandas as pd
import pytest

from explorer.insights.transfer import gains, interval, t_quantile


def results(**accuracies: list[float]) -> pd.DataFrame:
    """mode → the accuracy of each seed"""
    rows = [
        ("net", mode.replace("_", " "), "1 %", seed, accuracy)
        for mode, of_mode in accuracies.items()
        for seed, accuracy in enumerate(of_mode)
    ]
    return pd.DataFrame(rows, columns=["model", "mode", "share", "seed", "accuracy"])


def test_a_gain_is_the_mean_of_the_pairs():
    (row,) = gains(results(from_scratch=[0.1, 0.5, 0.3], frozen=[0.3, 0.6, 0.6])).to_dict("records")
    assert (row["mode"], row["share"], row["pairs"]) == ("frozen", "1 %", 3)
    assert row["gain"] == pytest.approx(0.2)
    assert (row["smallest"], row["largest"]) == pytest.approx((0.1, 0.3))
    assert row["low"] == pytest.approx(0.2 - 4.3027 * 0.1 / np.sqrt(3), abs=1e-4)


def test_what_all_seeds_share_is_in_no_interval():
    """Seeds differ by far more than the two starts do: only pairs can tell."""
    (row,) = gains(results(from_scratch=[0.1, 0.5, 0.9], all_layers=[0.11, 0.51, 0.91])).to_dict("records")
    assert row["low"] == pytest.approx(0.01)
    assert row["high"] == pytest.approx(0.01)


def test_seeds_without_a_partner_are_left_out():
    table = gains(results(from_scratch=[0.1], frozen=[0.3, 0.9]))
    assert table["pairs"].tolist() == [1]
    assert np.isnan(table["low"][0])
    assert gains(results(frozen=[0.3])).empty
    assert gains(results(from_scratch=[0.3])).empty


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.706), (2, 4.3027), (4, 2.7764), (30, 2.0423)])
def test_quantiles_are_those_of_the_tables(freedom, expected):
    assert t_quantile(0.95, freedom) == pytest.approx(expected, abs=1e-3)


def test_intervals_hold_the_mean_as_often_as_they_say():
    draw = np.random.default_rng(0)
    held = [low < 0 < high for low, high in (interval(draw.normal(size=3)) for _ in range(2000))]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)
