"""Gains are differences of pairs; seeds and images must both tell, and no interval is empty."""

import numpy as np
import pandas as pd
import pytest

from explorer.insights.findings.transfer import transfer_findings
from explorer.insights.findings.transfer_gains import gains, interval, results_of
from tests.insights.planted import falling, trial

N = 360


def results(**accuracies: list[float]) -> pd.DataFrame:
    """mode → the accuracy of each seed"""
    rows = [
        ("net", mode.replace("_", " "), "1 %", seed, accuracy)
        for mode, of_mode in accuracies.items()
        for seed, accuracy in enumerate(of_mode)
    ]
    return pd.DataFrame(rows, columns=["model", "mode", "share", "seed", "accuracy"])


def with_predictions(share="1 %", model="net", n=N, **accuracies: list[float]) -> pd.DataFrame:
    """The same with the predictions for n images."""
    table = results(**accuracies).assign(model=model, share=share, run="run")
    correct = [
        np.roll(np.arange(n) < round(one * n), 7 * seed)
        for seed, one in zip(table["seed"], table["accuracy"], strict=True)
    ]
    return table.assign(correct=correct, accuracy=[one.mean() for one in correct])


def test_a_gain_is_the_mean_of_the_pairs():
    (row,) = gains(results(from_scratch=[0.1, 0.5, 0.3], frozen=[0.3, 0.6, 0.6])).to_dict("records")
    assert (row["mode"], row["share"], row["pairs"]) == ("frozen", "1 %", 3)
    assert row["gain"] == pytest.approx(0.2)
    assert (row["smallest"], row["largest"]) == pytest.approx((0.1, 0.3))
    assert row["low"] == pytest.approx(0.2 - 4.3027 * 0.1 / np.sqrt(3), abs=1e-4)


def test_what_all_seeds_share_is_in_no_interval():
    """Seeds differ by far more than the two starts do: only pairs can tell."""
    table = gains(with_predictions(from_scratch=[0.1, 0.5, 0.9], all_layers=[0.2, 0.6, 1.0], n=100_000))
    assert table["low"][0] == pytest.approx(0.1, abs=0.005)
    assert table["high"][0] == pytest.approx(0.1, abs=0.005)


@pytest.mark.parametrize("gain", [0.0, 0.05])
def test_two_equal_pairs_leave_what_the_images_leave(gain):
    (row,) = gains(with_predictions(from_scratch=[0.9, 0.9], frozen=[0.9 + gain] * 2)).to_dict("records")
    assert row["high"] - row["low"] > 2 / N
    unknown = gains(results(from_scratch=[0.9, 0.9], frozen=[0.95, 0.95]))
    assert np.isnan(unknown["low"][0]), "without the predictions nobody knows how wide it is"


def test_the_interval_of_the_images_holds_the_difference_as_often_as_it_says():
    draw, held = np.random.default_rng(0), []
    for _ in range(1000):
        chances = draw.multinomial(N, [0.05, 0.02, 0.93])
        apart = np.repeat([1.0, -1.0, 0.0], chances)
        low, high = interval([apart.mean()] * 2, apart)
        held.append(low < 0.03 < high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_seeds_without_a_partner_are_left_out():
    table = gains(results(from_scratch=[0.1], frozen=[0.3, 0.9]))
    assert table["pairs"].tolist() == [1]
    assert np.isnan(table[["low", "p"]].to_numpy()).all()
    assert gains(results(frozen=[0.3])).empty
    assert gains(results(from_scratch=[0.3])).empty


def test_what_gains_what_loses_and_what_does_neither_is_said():
    found = transfer_findings(
        with_predictions(
            from_scratch=[0.70, 0.71, 0.72],
            all_layers=[0.90, 0.915, 0.92],
            last_block=[0.71, 0.70, 0.725],
            frozen=[0.40, 0.415, 0.42],
        )
    )
    (one,) = found
    begin = "With 1 % of the images, compared with training from scratch (3 seeds, 360 test images, one source): all "
    assert one.sentence.startswith(begin)
    assert "frozen loses 29.9 points" in one.sentence
    assert "last block cannot be distinguished from it" in one.sentence
    assert "No gain" not in one.sentence
    assert one.numbers["frozen, p, Holm"] < one.threshold


def test_where_no_start_gains_it_is_said():
    table = pd.concat([
        with_predictions("100 %", from_scratch=[0.95, 0.96, 0.955], all_layers=[0.955, 0.95, 0.96]),
        with_predictions("1 %", from_scratch=[0.5, 0.5, 0.51], all_layers=[0.8, 0.81, 0.8]),
    ], ignore_index=True)  # fmt: skip
    few, many = transfer_findings(table)
    assert "all layers gains 30." in few.sentence
    assert "all layers cannot be distinguished from it" in many.sentence
    assert many.sentence.endswith("No gain is shown.")


def test_many_starts_that_do_nothing_are_not_told_from_nothing():
    draw, wrong = np.random.default_rng(0), 0
    for _ in range(40):
        started = {f"mode{n}": draw.normal(0.8, 0.02, 3).tolist() for n in range(4)}
        (one,) = transfer_findings(with_predictions(from_scratch=draw.normal(0.8, 0.02, 3).tolist(), **started))
        wrong += "p = " in one.sentence or "p < " in one.sentence
    assert wrong <= 5


def test_of_one_seed_the_images_alone_can_tell_and_only_of_these_networks():
    (one,) = transfer_findings(with_predictions(from_scratch=[0.5], frozen=[0.9], all_layers=[0.5], last_block=[0.503]))
    assert "frozen gains 40.0 points in these runs (p < 0.001), but one seed cannot show it for others" in one.sentence
    assert "all layers cannot be distinguished from it (+0.0 points, one seed)" in one.sentence
    assert "last block cannot be distinguished from it" in one.sentence
    (nil,) = transfer_findings(with_predictions(from_scratch=[0.5], all_layers=[0.503]))
    assert nil.sentence.endswith("No gain is shown.")


def test_of_one_seed_without_answers_nothing_is_tested():
    (one,) = transfer_findings(results(from_scratch=[0.5], frozen=[0.9]).assign(run="run"))
    assert "frozen gains 40.0 points in this one run of each, untested" in one.sentence


def test_two_networks_are_compared_by_their_best_starts_and_adjusted_for_the_choice():
    def table(second: float) -> pd.DataFrame:
        return pd.concat(
            [
                with_predictions(model="a", from_scratch=[0.5, 0.51, 0.52], frozen=[0.90, 0.91, 0.905]),
                with_predictions(
                    model="b", from_scratch=[0.5, 0.51, 0.52], frozen=[second, second + 0.011, second + 0.005]
                ),
            ],
            ignore_index=True,
        )

    apart, near = (transfer_findings(table(second))[-1] for second in (0.7, 0.895))
    assert "a 90.6 % (frozen) and b 70." in apart.sentence
    assert "they differ" in apart.sentence
    assert "multiplied by the 4 pairs of variants" in apart.rule
    assert "they cannot be distinguished" in near.sentence


def test_results_are_those_of_the_studys_finished_runs():
    runs = [
        trial(falling(), seed=3, test_accuracy=0.5, model="net", settings={"tune": "all", "fraction": 0.01}),
        trial(falling(), settings={"tune": "frozen", "fraction": 0.1}),
    ]
    (row,) = results_of(runs).to_dict("records")
    assert (row["mode"], row["share"], row["seed"]) == ("all layers", "1 %", 3)
