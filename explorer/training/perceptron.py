"""One neuron on points in the plane: Rosenblatt's rule, with every correction stored. numpy only.

The neuron fires (class 1) if w·x + b > 0. It visits the points in order, again and again; when one is on the wrong side
of the line, w and b move one step towards it, or away from it. A point on the line counts as wrong for either class,
because a line that touches a point separates nothing. Rosenblatt 1958, The Perceptron.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from explorer.errors import UserError, unknown

LOW, HIGH = -0.5, 1.5  # of both coordinates: all sets of points have the same square, so that charts can be compared
MOST_POINTS = 100
MOST_EPOCHS = 100
STARTS = ("zero", "random")
ROUNDING = 1e-12  # a score below this part of its own summands is rounding: the point is on the line


@dataclass(frozen=True)
class Points:
    """Points in the plane and the class that each should have."""

    xy: np.ndarray  # float64 (N, 2), in [LOW, HIGH], to a thousandth
    classes: np.ndarray  # int (N,), 0 or 1

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def signs(self) -> np.ndarray:
        """float64 (N,): +1 if the neuron should fire, −1 if not."""
        return 2.0 * self.classes - 1

    @property
    def inputs(self) -> np.ndarray:
        """float64 (N, 3): the points with a third coordinate of 1, whose weight is the bias."""
        return np.column_stack([self.xy, np.ones(len(self))])


@dataclass(frozen=True)
class Rule:
    """How the neuron learns. Raises UserError if a value is not possible."""

    learning_rate: float = 1.0
    epochs: int = 20  # passes over the points, at most
    start: str = "zero"  # weights and bias: zero, or normal with a standard deviation of 1
    seed: int = 0  # of a random start

    def __post_init__(self) -> None:
        rate = self.learning_rate
        if not math.isfinite(rate) or not 1e-6 <= rate <= 1e3:
            raise UserError(f"Learning rate {rate!r} is not possible: give a number from 1e-06 to 1000.")
        if not 1 <= self.epochs <= MOST_EPOCHS:
            raise UserError(f"{self.epochs!r} epochs are not possible: give a whole number from 1 to {MOST_EPOCHS}.")
        if self.start not in STARTS:
            raise unknown("start", self.start, STARTS)


@dataclass(frozen=True)
class Correction:
    """One step of the rule: a point was on the wrong side, and the weights after the step."""

    epoch: int  # 1 for the first pass
    point: int  # index of the point
    score: float  # w·x + b before the step
    error: int  # +1: should have fired; −1: should not have
    weights: np.ndarray  # float64 (3,): w₁, w₂, b after the step


@dataclass(frozen=True)
class History:
    """All corrections of a training, after its start."""

    start: np.ndarray  # float64 (3,): w₁, w₂, b before the first correction
    corrections: tuple[Correction, ...]
    errors: tuple[int, ...]  # corrections in each epoch; training ends after an epoch without any
    converged: bool  # whether every point is right at the end

    @property
    def weights(self) -> np.ndarray:
        """float64 (steps + 1, 3): w₁, w₂, b at the start and after each correction."""
        return np.stack([self.start, *(correction.weights for correction in self.corrections)])


def mistaken(points: Points, weights: np.ndarray) -> np.ndarray:
    """bool (N,): which points are on the wrong side of the line, or on it. `weights`: w₁, w₂, b."""
    summands = points.inputs * weights
    return points.signs * summands.sum(axis=1) <= ROUNDING * np.abs(summands).sum(axis=1)


def corrections(points: Points, rule: Rule, weights: np.ndarray) -> Iterator[Correction]:
    """One correction after the other, from `weights` (w₁, w₂, b), until an epoch needs none or all epochs are over."""
    inputs, signs = points.inputs, points.signs
    for epoch in range(1, rule.epochs + 1):
        before = weights
        for point in range(len(points)):
            summands = inputs[point] * weights
            score = summands.sum()
            if signs[point] * score <= ROUNDING * np.abs(summands).sum():
                weights = weights + rule.learning_rate * signs[point] * inputs[point]
                yield Correction(epoch, point, float(score), int(signs[point]), weights)
        if weights is before:
            return


def learn(points: Points, rule: Rule) -> History:
    """The whole training."""
    start = np.zeros(3) if rule.start == "zero" else np.random.default_rng(rule.seed).normal(size=3)
    made = tuple(corrections(points, rule, start))
    errors = np.bincount([correction.epoch for correction in made], minlength=2)[1:].tolist()
    if len(errors) < rule.epochs and errors[-1]:
        errors.append(0)  # the epoch that found nothing to correct
    end = made[-1].weights if made else start
    return History(start, made, tuple(errors), not mistaken(points, end).any())


@dataclass(frozen=True)
class Cycle:
    """From epoch `first` on, the weights repeat every `epochs` epochs, and so does everything after them."""

    first: int  # 0: the start
    epochs: int
    corrections: int  # in one round
    weights: np.ndarray  # float64 (corrections, 3): w₁, w₂, b after each correction of a round


def cycle(history: History, rule: Rule) -> Cycle | None:
    """The first return to weights with which an earlier epoch ended; None if there was none within the epochs.

    Weights are compared to a millionth of the learning rate: nothing that the rule adds is that small. On points that
    no line separates, the weights stay bounded forever (Minsky and Papert 1969, Perceptrons, § 11.9).
    """
    if history.converged:
        return None
    until = np.concatenate([[0], np.cumsum(history.errors)])
    weights = history.weights
    visited: dict[tuple[int, ...], int] = {}
    for epoch, end in enumerate(until):
        key = tuple(np.round(weights[end] / rule.learning_rate * 1e6).astype(np.int64).tolist())
        if key in visited:
            first = visited[key]
            round_ = weights[until[first] + 1 : end + 1]
            return Cycle(first, epoch - first, len(round_), round_)
        visited[key] = epoch
    return None


def _gate(*outputs: int) -> Points:
    """The truth table of a logic gate: its outputs for (0, 0), (0, 1), (1, 0) and (1, 1)."""
    return Points(np.array([(0, 0), (0, 1), (1, 0), (1, 1)], dtype=float), np.array(outputs))


GATES = {"AND": _gate(0, 0, 0, 1), "OR": _gate(0, 1, 1, 1), "XOR": _gate(0, 1, 1, 0)}
CLUSTERS = "two clusters"
SPREAD = 0.18  # standard deviation of a cluster in either direction
WIDEST = 6.0  # separation: beyond it, points would fall off the square


def two_clusters(each: int = 15, separation: float = 4.0, seed: int = 0) -> Points:
    """Two normal clouds of `each` points in random order, their centres `separation` standard deviations apart.

    Raises UserError if there would be too many points, or some off the square.
    """
    if not 1 <= each <= MOST_POINTS // 2:
        raise UserError(
            f"{each!r} points per class are not possible: give a whole number from 1 to {MOST_POINTS // 2}."
        )
    if not 0 <= separation <= WIDEST:
        raise UserError(f"Separation {separation!r} is not possible: give 0 to {WIDEST:g} standard deviations.")
    draw = np.random.default_rng(seed)
    classes = draw.permutation(np.arange(2 * each) % 2)
    centres = (LOW + HIGH) / 2 + (classes - 0.5)[:, None] * separation * SPREAD / math.sqrt(2)
    xy = centres + draw.normal(scale=SPREAD, size=(2 * each, 2))
    return Points(np.clip(xy, LOW, HIGH).round(3), classes)


def checked(rows: Sequence[tuple[object, object, object]]) -> Points:
    """Points from rows of x, y and class that a person has given.

    Raises UserError if there are too many, a coordinate or a class is not a number or out of range, or a class is
    missing.
    """
    if len(rows) > MOST_POINTS:
        raise UserError(f"{len(rows)} points are too many: give at most {MOST_POINTS}.")
    classes = []
    for nth, (x, y, wanted) in enumerate(rows, 1):
        for name, value in (("x₁", x), ("x₂", y)):
            if not _is_number(value) or not LOW <= value <= HIGH:
                raise UserError(
                    f"Point {nth} has {name} = {_text(value)}: give a number from {LOW:g} to {HIGH:g}, or remove the "
                    f"point."
                )
        if not _is_number(wanted) or wanted not in (0, 1):
            raise UserError(f"Point {nth} has class {_text(wanted)}: give 0 or 1, or remove the point.")
        classes.append(int(wanted))
    for wanted in (0, 1):
        if wanted not in classes:
            raise UserError(f"None of the {len(rows)} points has class {wanted}: give at least one of each class.")
    return Points(np.array([(x, y) for x, y, _ in rows], dtype=float).round(3), np.array(classes, dtype=int))


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: object) -> str:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "nothing" if missing else repr(value)
