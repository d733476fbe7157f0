"""What a study expects and no rule has found: stated with the measurements, rather than left out."""

from collections.abc import Callable
from itertools import combinations
from statistics import mean

import numpy as np

from explorer.insights.findings.comparisons import DEEPER_IS_WORSE, by_depth
from explorer.insights.findings.curves import FEWEST_EPOCHS, GENERALISATION_LOSS, rise
from explorer.insights.findings.finding import Finding
from explorer.insights.findings.steps import DIVERGED, DIVERGENCE_RULE, end_of
from explorer.insights.findings.variants import Variants, runs_of
from explorer.insights.findings.wording import listed
from explorer.insights.gradients import VANISHING
from explorer.text import at_most, plural


def expected_first(found: list[Finding], expects: tuple[str, ...], variants: Variants) -> list[Finding]:
    """The findings of the kinds that a study expects, in its order, before the others; for a kind that was not found, a
    finding that says so. `expects`: kinds of findings."""
    kinds = {finding.kind for finding in found}
    absent = [NOTHING[kind](variants) for kind in expects if kind in NOTHING and kind not in kinds]
    every = [*found, *(finding for finding in absent if finding)]
    return sorted(every, key=lambda finding: expects.index(finding.kind) if finding.kind in expects else len(expects))


def _no_overfitting(variants: Variants) -> Finding | None:
    trials = [t for of_label in variants.values() for t in of_label]
    rises = {t.run: found for t in trials if (found := rise(t))}
    longest = max(len(t.epochs) for t in trials)
    if longest < FEWEST_EPOCHS:
        answer = "So few epochs cannot show over-fitting."
        sentence = f"{plural(longest, 'epoch')} cannot show over-fitting: the rule needs {FEWEST_EPOCHS} or more."
    elif len(rises) < len(trials):
        return None
    else:
        most = max(found.risen for found in rises.values())
        answer = "None of these runs over-fits, so they cannot show what prevents it."
        sentence = (
            f"None of the {len(trials)} runs over-fits within {longest} epochs, so they cannot show what prevents it: "
            f"the smoothed validation loss ends {at_most(most / 100)} above its lowest."
        )
    return Finding(
        sentence,
        f"A run of {FEWEST_EPOCHS} epochs or more over-fits if its smoothed validation loss ends more than "
        f"{GENERALISATION_LOSS:g} % above its lowest, and more than its noise explains, while the training loss falls "
        "(Prechelt 1998).",
        GENERALISATION_LOSS,
        {f"generalisation loss in % ({run})": found.risen for run, found in rises.items()},
        runs_of(variants),
        answer=answer,
        kind="over-fitting",
    )


def _no_degradation(variants: Variants) -> Finding | None:
    pairs = [pair for a, b in combinations(variants, 2) if (pair := by_depth(variants, a, b))]
    if not pairs:
        return None
    named = list(dict.fromkeys(label for pair in pairs for label in pair))
    ends = {label: mean(float(t.epochs["train_loss"].iloc[-1]) for t in variants[label]) for label in named}
    text = "; ".join(f"{deep} {ends[deep]:.3g}, {shallow} {ends[shallow]:.3g}" for deep, shallow in pairs)
    epochs = plural(max(len(t.epochs) for of_label in variants.values() for t in of_label), "epoch")
    return Finding(
        f"After {epochs} no deeper network fits the training images worse than a shallower one by the rule: training "
        f"loss of {text}. This does not show what more epochs would give.",
        f"The training loss of the last epoch of a deeper network, mean over seeds, would have to be more than "
        f"{DEEPER_IS_WORSE:g} times that of the shallower one of its kind, with every seed of the deeper one above "
        f"every seed of the shallower one.",
        DEEPER_IS_WORSE,
        {f"training loss of {label}": value for label, value in ends.items()},
        runs_of(variants),
        answer="So far no deeper network fits the training images worse than a shallower one.",
        kind="degradation",
    )


def _no_divergence(variants: Variants) -> Finding | None:
    ends = {t.run: end_of(t)[0] for of_label in variants.values() for t in of_label}
    if not np.isfinite(list(ends.values())).all():
        return None
    chance = next(iter(variants.values()))[0].chance_loss
    return Finding(
        f"None of the {len(ends)} runs diverged: their training losses end at {min(ends.values()):.3g} to "
        f"{max(ends.values()):.3g}, random guessing gives {chance:.3g}.",
        DIVERGENCE_RULE,
        DIVERGED * chance,
        {f"loss at the end ({run})": value for run, value in ends.items()},
        runs_of(variants),
        answer="None of these runs diverged.",
        kind="divergence",
    )


def _gradients_reach(variants: Variants) -> Finding | None:
    ratios = {
        label: [t.flow.ratio for t in trials if t.flow and t.flow.first != t.flow.last]
        for label, trials in variants.items()
    }
    ratios = {label: values for label, values in ratios.items() if values and np.isfinite(values).all()}
    if not ratios:
        return None
    text = listed([f"{mean(values):.2g} ({label})" for label, values in ratios.items()])
    return Finding(
        f"Gradients neither vanish nor explode: in the last epoch the ratio of the first layer's gradient norm to the "
        f"last layer's is {text}, mean over seeds; below {VANISHING:g} they vanish. A larger ratio is not better.",
        "The mean gradient norm of the first layer with weights over that of the last one, in the last epoch, is not "
        f"below {VANISHING:g} nor above {1 / VANISHING:g} in any run.",
        VANISHING,
        {f"first to last, {label}": mean(values) for label, values in ratios.items()},
        runs_of(variants),
        answer="Gradients reach the first layer of every variant.",
        kind="gradients",
    )


NOTHING: dict[str, Callable[[Variants], Finding | None]] = {
    "over-fitting": _no_overfitting,
    "degradation": _no_degradation,
    "divergence": _no_divergence,
    "gradients": _gradients_reach,
}
