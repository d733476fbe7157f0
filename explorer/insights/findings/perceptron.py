"""Whether a single neuron can learn its points, in how many corrections, and why or why not."""

from collections.abc import Iterable

from explorer.insights.separability import Inseparable, Separable
from explorer.text import plural, signed
from explorer.training.perceptron import Cycle, History, Points, Rule, mistaken


def summary(name: str, points: Points, history: History, verdict: Separable | Inseparable, found: Cycle | None) -> str:
    """The answer for these points, and the result of the training. `name`: of the points, within a sentence."""
    made, epochs = plural(len(history.corrections), "correction"), plural(len(history.errors), "epoch")
    can, never = f"A single neuron can learn {name}", f"A single neuron can never learn {name}: no line separates the"
    if history.converged:
        every = "the only point is" if len(points) == 1 else f"all {len(points)} points are"
        return f"{can}: {every} classified correctly after {made}, in {epochs}."
    if isinstance(verdict, Separable):
        wrong = int(mistaken(points, history.weights[-1]).sum())
        return (
            f"{can}, but has not yet: a separating line exists, and {made} in {epochs} left {wrong} of {len(points)} "
            f"points misclassified."
        )
    if found:
        return f"{never} classes, and the weights repeat every {plural(found.corrections, 'correction')}."
    return f"{never} classes. {made} in {epochs} did not end the training."


def way_of_the_weights(history: History, found: Cycle | None) -> str:
    """What the weights did: settled, repeated, or neither so far."""
    if history.converged:
        return "After the last correction the weights no longer change."
    if found is None:
        return f"In {plural(len(history.errors), 'epoch')} the weights neither converged nor repeated."
    round_ = " → ".join(_vector(weights) for weights in found.weights[:8])
    more = " → …" if len(found.weights) > 8 else ""
    return (
        f"A cycle of {plural(found.corrections, 'correction')} in {plural(found.epochs, 'epoch')} "
        f"(grey: one cycle), (w₁, w₂, b) = {round_}{more}, repeated forever."
    )


def proof(points: Points, history: History, rule: Rule, verdict: Separable | Inseparable) -> str:
    """Why a line can separate the classes, with Novikoff's bound beside the corrections made; or why none can, with the
    numbers."""
    return _bound(history, rule, verdict) if isinstance(verdict, Separable) else _overlap(points, verdict)


def _bound(history: History, rule: Rule, verdict: Separable) -> str:
    made = plural(len(history.corrections), "correction")
    text = (
        "**Yes.** The convex hulls of the classes do not touch, and every line between them separates the classes. "
        "The one drawn has the largest margin, with b counted among the weights.\n\n"
        f"Farthest point: R = {verdict.radius:.3g}. Largest margin: γ = {verdict.margin:.3g}. "
        f"Novikoff's bound: at most (R/γ)² = **{plural(int(verdict.bound + 1e-9), 'correction')}**.\n\n"
    )
    if rule.start != "zero":
        return f"{text}The rule made {made} from random weights; the bound holds for zero initial weights."
    return f"{text}The rule made **{made}**{'' if history.converged else ' so far'}, whatever the learning rate."


def _overlap(points: Points, verdict: Inseparable) -> str:
    common = _vector(verdict.common)
    silent, fires = (_mixture(points, verdict, wanted) for wanted in (0, 1))
    return (
        f"**No.** The convex hulls of the classes overlap: {common} lies in both.\n\n"
        f"- of class 1: {common} {fires}\n- of class 0: {common} {silent}\n\n"
        "The neuron's sum s is linear. If it is above zero on every point of class 1, it is above zero on any mixture "
        f"of them, so s > 0 at {common}. If it is below zero on every point of class 0, then s < 0 at {common}. "
        "Both cannot hold: whatever the weights, at least one point is misclassified, and the rule never stops."
    )


def _mixture(points: Points, verdict: Inseparable, wanted: int) -> str:
    """= 0.5·(0, 1) + 0.5·(1, 0): the common point from the points of a class whose share is not zero."""
    parts = [
        f"{share:.2g}·{_vector(xy)}"
        for share, xy, of_point in zip(verdict.shares, points.xy, points.classes, strict=True)
        if of_point == wanted and share > 1e-9
    ]
    return f"= {' + '.join(parts)}" if len(parts) > 1 else "is one of its points"


def _vector(values: Iterable[float]) -> str:
    return f"({', '.join(signed(f'{0.0 if abs(value) < 1e-9 else value:.3g}') for value in values)})"
