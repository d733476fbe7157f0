"""The sentence on a neuron agrees with what was trained and with what can be proved of the points."""

import pytest

from explorer.insights.findings.perceptron import proof, summary
from explorer.insights.separability import separate
from explorer.training.perceptron import GATES, Rule, cycle, learn


def said(gate: str, epochs: int) -> str:
    points, rule = GATES[gate], Rule(1, epochs)
    history = learn(points, rule)
    return summary(gate, points, history, separate(points), cycle(history, rule))


@pytest.mark.parametrize(
    ("gate", "epochs", "beginning"),
    [
        ("AND", 20, "A single neuron can learn AND: all 4 points are classified correctly after 18 corrections"),
        ("AND", 2, "A single neuron can learn AND, but has not yet: a separating line exists"),
        ("XOR", 20, "A single neuron can never learn XOR: no line separates the classes, and the weights repeat"),
    ],
)
def test_what_cannot_be_learned_is_told_from_what_has_not_been_yet(gate, epochs, beginning):
    assert said(gate, epochs).startswith(beginning)


def test_the_proof_of_xor_names_the_point_that_both_hulls_hold():
    points, rule = GATES["XOR"], Rule()
    assert "(0.5, 0.5) lies in both" in proof(points, learn(points, rule), rule, separate(points))
