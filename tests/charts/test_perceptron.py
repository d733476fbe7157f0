"""The perceptron's charts: valid, legible, and true to their numbers."""

import json

import numpy as np
import pytest

from explorer.charts.perceptron import crossings, errors_per_epoch, separation, weights_over_corrections
from explorer.insights.separability import Separable, separate
from explorer.training.perceptron import GATES, Rule, cycle, learn, two_clusters
from tests.charts.frames import font_sizes

SETS = {**GATES, "apart": two_clusters(15, 5, 0), "mixed": two_clusters(50, 0, 0)}


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("present", [False, True])
def test_valid_legible_and_small(name, present):
    points, rule = SETS[name], Rule(1, 100)
    history = learn(points, rule)
    drawn = (
        separation(points, separate(points), present),
        errors_per_epoch(history, present),
        weights_over_corrections(history, cycle(history, rule), present),
    )
    for chart in drawn:
        spec = chart.to_dict()  # validates
        json.dumps(spec, allow_nan=False)
        assert spec["config"]["background"] == "transparent"
        assert spec["width"] == "container"
        assert min(font_sizes(spec)) >= (20 if present else 13)
        assert all(len(data) <= 5000 for data in spec["datasets"].values())


def test_the_classes_differ_by_shape_too():
    text = json.dumps(separation(GATES["XOR"], separate(GATES["XOR"])).to_dict())
    assert "triangle-up" in text
    assert "circle" in text


def test_the_bars_are_the_errors_and_an_end_is_marked():
    for name, marked in (("AND", True), ("XOR", False)):
        history = learn(GATES[name], Rule(1, 20))
        spec = errors_per_epoch(history).to_dict()
        (data,) = spec["datasets"].values()
        assert tuple(row["errors"] for row in data) == history.errors
        assert ("0 ✓" in json.dumps(spec, ensure_ascii=False)) == marked


def test_the_ends_of_a_line_lie_on_it_and_on_the_edge_of_the_square():
    for points in (GATES["AND"], GATES["OR"], SETS["apart"]):
        verdict = separate(points)
        assert isinstance(verdict, Separable)
        ends = crossings(verdict.line)
        assert ends.shape == (2, 2)
        np.testing.assert_allclose(ends @ verdict.line[:2] + verdict.line[2], 0, atol=1e-12)
        assert all(min(np.abs(end + 0.5).min(), np.abs(end - 1.5).min()) < 1e-12 for end in ends)
    assert crossings(np.array([1.0, 0.0, -9.0])).shape == (0, 2)
