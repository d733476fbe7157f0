"""Laws of Rosenblatt's rule: it ends where a line exists, within Novikoff's bound, and goes in a circle on XOR."""

import math

import numpy as np
import pytest

from explorer.errors import UserError
from explorer.insights.separability import Separable, separate
from explorer.training.perceptron import (
    GATES,
    HIGH,
    LOW,
    MOST_POINTS,
    Points,
    Rule,
    checked,
    cycle,
    learn,
    mistaken,
    two_clusters,
)

RATES = (0.001, 0.1, 0.3, 1.0, 7.3, 100.0)


@pytest.mark.parametrize("gate", ["AND", "OR"])
@pytest.mark.parametrize("rate", RATES)
def test_a_gate_that_a_line_separates_is_learned_within_novikoffs_bound(gate, rate):
    points, verdict = GATES[gate], separate(GATES[gate])
    history = learn(points, Rule(rate, 100))
    assert history.converged
    assert not mistaken(points, history.weights[-1]).any()
    assert 0 < len(history.corrections) <= verdict.bound
    assert cycle(history, Rule(rate, 100)) is None


def test_clusters_far_apart_are_learned_within_the_bound():
    learned = 0
    for seed in range(30):
        points = two_clusters(10, 4.5, seed)
        verdict, history = separate(points), learn(points, Rule(1, 100))
        if isinstance(verdict, Separable):
            assert len(history.corrections) <= verdict.bound
            learned += history.converged
    assert learned > 20


@pytest.mark.parametrize("rate", RATES)
def test_xor_never_ends_and_its_weights_go_in_a_circle(rate):
    history = learn(GATES["XOR"], Rule(rate, 100))
    assert not history.converged
    assert history.errors == (4,) * 100
    found = cycle(history, Rule(rate, 100))
    assert (found.first, found.epochs, found.corrections) == (0, 1, 4)
    np.testing.assert_allclose(found.weights / rate, [(0, 0, -1), (0, 1, 0), (1, 1, 1), (0, 0, 0)], atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_xor_never_ends_from_random_weights_either_and_a_circle_really_repeats(seed):
    rule = Rule(1, 100, "random", seed)
    history = learn(GATES["XOR"], rule)
    assert not history.converged
    found = cycle(history, rule)
    begin = sum(history.errors[: found.first])
    for later in range(3):
        round_ = history.weights[begin + 1 + later * found.corrections :][: found.corrections]
        np.testing.assert_allclose(round_, found.weights, atol=1e-9)


@pytest.mark.parametrize("points", [*GATES.values(), two_clusters(15, 3, 1), two_clusters(15, 4, 0)])
@pytest.mark.parametrize("rate", RATES)
def test_from_zero_the_learning_rate_only_scales_the_weights(points, rate):
    one, other = learn(points, Rule(1.0, 60)), learn(points, Rule(rate, 60))
    assert [(c.epoch, c.point, c.error) for c in one.corrections] == [
        (c.epoch, c.point, c.error) for c in other.corrections
    ]
    np.testing.assert_allclose(other.weights, rate * one.weights, atol=1e-9 * rate)


def test_from_random_weights_the_learning_rate_changes_the_way():
    ways = {
        tuple(c.point for c in learn(GATES["AND"], Rule(rate, 100, "random", 3)).corrections) for rate in (0.01, 0.3, 3)
    }
    assert len(ways) == 3


@pytest.mark.parametrize("name", GATES)
def test_each_step_moves_by_one_point_that_was_wrong(name):
    points = GATES[name]
    history = learn(points, Rule(0.5, 10))
    for before, made in zip(history.weights, history.corrections, strict=False):
        assert mistaken(points, before)[made.point]
        assert made.error == points.signs[made.point]
        assert made.score == pytest.approx(points.inputs[made.point] @ before)
        np.testing.assert_allclose(made.weights - before, 0.5 * made.error * points.inputs[made.point])
    assert sum(history.errors) == len(history.corrections)


def test_a_point_on_the_line_is_wrong_for_either_class_also_after_rounding():
    on = Points(np.array([(0.1, 0.2), (0.1, 0.2)]), np.array([0, 1]))
    assert mistaken(on, np.array([1.0, 1.0, -0.1 - 0.2])).all()
    assert mistaken(on, np.array([1.0, 1.0, -0.3])).all()  # 0.1 + 0.2 − 0.3 is 5.6e-17
    assert mistaken(on, np.zeros(3)).all()


def test_the_epochs_are_a_limit_and_the_last_correction_may_be_the_one_that_was_missing():
    whole = learn(GATES["AND"], Rule(1, 100))
    enough = len(whole.errors) - 1
    assert whole.errors[-1] == 0
    for epochs in range(1, enough + 1):
        history = learn(GATES["AND"], Rule(1, epochs))
        assert history.errors == whole.errors[:epochs]
        assert history.converged == (epochs == enough)


def test_weights_that_are_right_from_the_start_need_no_correction():
    for seed in range(200):
        history = learn(GATES["OR"], Rule(1, 5, "random", seed))
        if not history.corrections:
            assert history.errors == (0,)
            assert history.weights.shape == (1, 3)
            return
    pytest.fail("no random start separates OR")


def test_clusters_are_seeded_balanced_inside_and_as_far_apart_as_asked():
    points = two_clusters(50, 3.0, 5)
    np.testing.assert_array_equal(points.xy, two_clusters(50, 3.0, 5).xy)
    assert (points.xy != two_clusters(50, 3.0, 6).xy).any()
    assert points.classes.sum() == 50
    assert points.xy.min() >= LOW
    assert points.xy.max() <= HIGH
    centres = [points.xy[points.classes == c].mean(axis=0) for c in (0, 1)]
    assert np.linalg.norm(centres[1] - centres[0]) == pytest.approx(3 * 0.18, abs=0.1)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(0, 0, 0), (None, 1, 1)], "Point 2 has x₁ = nothing"),
        ([(0, 0, 0), (1, math.nan, 1)], "Point 2 has x₂ = nothing"),
        ([(0, 0, 0), (1, 7.5, 1)], "x₂ = 7.5"),
        ([(0, 0, 0), ("1", 1, 1)], "x₁ = '1'"),
        ([(0, 0, 0), (1, 1, 2)], "class 2"),
        ([(0, 0, 0), (1, 1, None)], "class nothing"),
        ([(0, 0, 0), (1, 1, True)], "class True"),
        ([(0, 0, 1), (1, 1, 1)], "has class 0"),
        ([], "None of the 0 points"),
        ([(0, 0, place % 2) for place in range(MOST_POINTS + 1)], f"at most {MOST_POINTS}"),
    ],
)
def test_wrong_points_are_said_in_one_sentence(rows, said):
    with pytest.raises(UserError) as caught:
        checked(rows)
    text = str(caught.value)
    assert said in text
    assert text.endswith(".")
    assert "\n" not in text


@pytest.mark.parametrize(
    "wrong",
    [{"learning_rate": 0}, {"learning_rate": math.nan}, {"epochs": 0}, {"epochs": 10**6}, {"start": "ones"}],
)
def test_a_wrong_rule_is_said_in_one_sentence(wrong):
    with pytest.raises(UserError):
        Rule(**wrong)


@pytest.mark.parametrize("wrong", [(0, 1), (51, 1), (5, -1), (5, 9)])
def test_wrong_clusters_are_said_in_one_sentence(wrong):
    with pytest.raises(UserError):
        two_clusters(*wrong)
