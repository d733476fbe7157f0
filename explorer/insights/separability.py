"""Whether a line separates two classes of points, with the proof either way.

Either there is a line with every point on its side, and then Novikoff (1962) limits how often the perceptron errs; or
the convex hulls of the classes share a point, and that point shows why no line can separate them.
"""

from dataclasses import dataclass

import numpy as np

from explorer.training.perceptron import Points, mistaken


@dataclass(frozen=True)
class Separable:
    """A line separates the classes."""

    line: np.ndarray  # float64 (3,): w₁, w₂, b of length 1, with the largest possible margin
    margin: float  # γ: the smallest |w₁x₁ + w₂x₂ + b| of any point
    radius: float  # R: the largest length of any (x₁, x₂, 1)

    @property
    def bound(self) -> float:
        """(R/γ)²: from zero weights the perceptron makes at most this many corrections, whatever the learning rate."""
        return (self.radius / self.margin) ** 2


@dataclass(frozen=True)
class Inseparable:
    """No line separates the classes: their convex hulls share a point."""

    common: np.ndarray  # float64 (2,)
    shares: np.ndarray  # float64 (N,): the common point is Σ shares·xy over either class; they sum to 1 in each


def separate(points: Points) -> Separable | Inseparable:
    """The largest margin, or a point in both convex hulls.

    The shortest v = (w₁, w₂, b) with sign·v·(x₁, x₂, 1) ≥ 1 for all points is a least-distance problem; Lawson and
    Hanson (1974, chapter 23) solve it by non-negative least squares, whose solution is the proof if there is no v.
    """
    from scipy.optimize import nnls

    signed = points.signs[:, None] * points.inputs
    target = np.array([0.0, 0.0, 0.0, 1.0])
    multipliers, _ = nnls(np.vstack([signed.T, np.ones(len(points))]), target)
    residual = np.append(signed.T @ multipliers, multipliers.sum()) - target
    length = np.linalg.norm(residual[:3])
    if length > 1e-9:
        line = residual[:3] / length * -np.sign(residual[3])
        if not mistaken(points, line).any():
            margin = float((signed @ line).min())
            return Separable(line, margin, float(np.linalg.norm(points.inputs, axis=1).max()))
    shares = np.zeros(len(points))
    for wanted in (0, 1):
        of_class = points.classes == wanted
        shares[of_class] = multipliers[of_class] / multipliers[of_class].sum()
    return Inseparable(shares[points.classes == 1] @ points.xy[points.classes == 1], shares)


def hull(xy: np.ndarray) -> np.ndarray:
    """The corners of the convex hull of xy, float64 (N, 2), counter-clockwise: float64 (corners, 2).

    Andrew's monotone chain (1979). Points on a line give its two ends, equal points one.
    """
    ordered = np.unique(xy, axis=0)  # by x₁, then x₂
    if len(ordered) < 3:
        return ordered
    return np.array(_chain(ordered)[:-1] + _chain(ordered[::-1])[:-1])


def _chain(ordered: np.ndarray) -> list[np.ndarray]:
    """Half of a hull: from the first point to the last, turning left only."""
    chain: list[np.ndarray] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 1e-12:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """Above zero if the way from a over b to c turns left."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
