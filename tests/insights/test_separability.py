"""The verdict is right on random sets, it agrees with a linear programme, and it carries its proof."""

import numpy as np
import pytest
from scipy.optimize import linprog

from explorer.insights.separability import Inseparable, Separable, hull, separate
from explorer.training.perceptron import GATES, Points, mistaken


def by_linear_programme(points: Points) -> bool:
    """Whether sign·(w·x + b) ≥ 1 has a solution: another way to the same answer."""
    signed = points.signs[:, None] * points.inputs
    solved = linprog(np.zeros(3), A_ub=-signed, b_ub=-np.ones(len(points)), bounds=(None, None), method="highs")
    return solved.status == 0


def random_points(seed: int) -> Points:
    """2 to 40 points on a grid that makes ties, equal points and points in a row likely."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 41))
    xy = draw.integers(-2, 7, (count, 2)) / 4 if seed % 2 else draw.uniform(-0.5, 1.5, (count, 2)).round(3)
    if seed % 3:
        classes = (xy @ draw.normal(size=2) > draw.normal() / 2).astype(int)
        if seed % 3 == 2:
            flipped = draw.integers(count)
            classes[flipped] = 1 - classes[flipped]
    else:
        classes = draw.integers(0, 2, count)
    classes[:2] = (0, 1) if seed % 5 else classes[:2]
    return Points(xy, classes)


def both_classes(points: Points) -> bool:
    return 0 < points.classes.sum() < len(points)


@pytest.mark.parametrize("block", range(4))
def test_right_on_random_sets_with_a_proof_either_way(block):
    counts = {True: 0, False: 0}
    for seed in range(block * 150, (block + 1) * 150):
        points = random_points(seed)
        if not both_classes(points):
            continue
        verdict = separate(points)
        assert isinstance(verdict, Separable) == by_linear_programme(points), seed
        counts[isinstance(verdict, Separable)] += 1
        if isinstance(verdict, Separable):
            assert not mistaken(points, verdict.line).any()
            assert np.linalg.norm(verdict.line) == pytest.approx(1)
            continue
        for wanted in (0, 1):
            own = points.classes == wanted
            assert (verdict.shares[own] >= 0).all()
            assert verdict.shares[own].sum() == pytest.approx(1)
            np.testing.assert_allclose(verdict.shares[own] @ points.xy[own], verdict.common, atol=1e-7)
    assert min(counts.values()) > 20, "both verdicts are tested"


def test_no_other_line_has_a_larger_margin():
    draw = np.random.default_rng(0)
    for name in ("AND", "OR"):
        points = GATES[name]
        verdict = separate(points)
        lines = draw.normal(size=(200_000, 3))
        lines /= np.linalg.norm(lines, axis=1, keepdims=True)
        margins = (points.signs[:, None] * (points.inputs @ lines.T)).min(axis=0)
        assert margins.max() <= verdict.margin
        assert margins.max() > 0.9 * verdict.margin


def test_the_bounds_of_the_gates():
    assert separate(GATES["AND"]).bound == pytest.approx(51)  # R² = 3, the shortest (w₁, w₂, b) is (2, 2, −3)
    assert separate(GATES["OR"]).bound == pytest.approx(27)  # (2, 2, −1)


def test_xor_meets_in_the_middle():
    verdict = separate(GATES["XOR"])
    assert isinstance(verdict, Inseparable)
    np.testing.assert_allclose(verdict.common, (0.5, 0.5))
    np.testing.assert_allclose(verdict.shares, 0.5)


@pytest.mark.parametrize("gap", [1e-3, 0.0])
def test_classes_that_nearly_touch_are_told_from_classes_that_do(gap):
    xy = np.array([(0, 0), (1, 0), (0.5, gap)])
    assert isinstance(separate(Points(xy, np.array([0, 0, 1]))), Separable) == (gap > 0)


def test_one_point_of_both_classes():
    verdict = separate(Points(np.array([(0.2, 0.3), (0.2, 0.3)]), np.array([0, 1])))
    np.testing.assert_allclose(verdict.common, (0.2, 0.3))


def test_a_hull_holds_all_points_and_turns_left():
    draw = np.random.default_rng(1)
    for _ in range(20):
        xy = draw.integers(0, 6, (30, 2)).astype(float)
        corners = hull(xy)
        ends = np.roll(corners, -1, axis=0)
        for a, b in zip(corners, ends, strict=True):
            side = (b[0] - a[0]) * (xy[:, 1] - a[1]) - (b[1] - a[1]) * (xy[:, 0] - a[0])
            assert (side >= -1e-9).all()
    assert len(hull(np.array([(0, 0), (1, 1), (0.5, 0.5)]))) == 2
    assert len(hull(np.array([(0.3, 0.3), (0.3, 0.3)]))) == 1
