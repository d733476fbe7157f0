"""Who leads before the test: validation accuracy, which nothing tests."""

from statistics import mean

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.trial import Trial
from explorer.insights.findings.variants import Variants, runs_of
from explorer.insights.findings.wording import listed, percent
from explorer.text import plural

TOLD = 5  # variants whose figures a sentence gives; the finding's numbers have all of them
UNTESTED = {
    True: "What will decide: the test on the test images, once these runs have finished, and more seeds of each.",
    False: "The runs of a group differ in more than their seed, so no test applies: compare each run by itself, or "
    "train several seeds of one setting.",
}


def reached(variants: Variants, are_seeds: bool = True) -> Finding | None:
    """Before the test: the validation accuracy of each group in the best epochs of its runs.

    `are_seeds`: whether the runs of a group differ only in their seed.
    """
    measured = {label: [t for t in trials if t.best_epoch] for label, trials in variants.items()}
    measured = {label: trials for label, trials in measured.items() if trials}
    if not measured:
        return None
    ranked = sorted(measured, key=lambda label: -_mean_best(measured[label]))
    highest = _mean_best(measured[ranked[0]])
    first = [label for label in ranked if np.isclose(_mean_best(measured[label]), highest, atol=1e-9)]
    of = {label: _sentence(measured[label], "seed" if are_seeds else "run") for label in ranked}
    answer = ""
    if len(ranked) == 1:
        n = measured[ranked[0]][0].validation_images
        sentence = (
            f"{ranked[0]} classifies {percent(highest)} of the {n:,} validation images correctly ({of[ranked[0]]})."
        )
        answer = f"There is nothing to compare {ranked[0]} with yet: choose another run."
    else:
        verb = "reaches" if len(first) == 1 else "share"
        who = listed([f"{label} ({of[label]})" for label in first])
        others = [
            f"{label} {percent(_mean_best(measured[label]))} ({of[label]})" for label in ranked if label not in first
        ]
        then = f"; then {listed(others[:TOLD])}" if others else ""
        sentence = f"{who} {verb} the highest validation accuracy, {percent(highest)}{then}. {UNTESTED[are_seeds]}"
        lead = f"{listed(first)} {'leads' if len(first) == 1 else 'lead'} on the validation images"
        answer = f"A tie so far: {lead}, but no test has shown that it is more than chance."
        if not are_seeds:
            answer = f"A tie, because no test applies to these groups: {lead}."
        if len(first) == len(ranked):
            answer = f"A tie so far: {listed(first)} are equally accurate on the validation images."
    return Finding(
        sentence,
        "The highest validation accuracy of each run, that of its best epoch; the mean over the runs of a group. No "
        "test is made: the best of many epochs is an optimistic estimate, and more optimistic with more epochs.",
        None,
        {f"validation accuracy of {label}": _mean_best(measured[label]) for label in ranked}
        | {f"best epoch ({t.run})": t.best_epoch for label in ranked for t in measured[label] if t.best_epoch},
        runs_of(measured),
        answer=answer,
        kind="validation accuracy",
    )


def _sentence(trials: list[Trial], noun: str) -> str:
    if len(trials) > 1:
        return f"mean of {plural(len(trials), noun)}, each in its best epoch"
    return f"in epoch {trials[0].best_epoch} of {len(trials[0].epochs)}"


def _mean_best(trials: list[Trial]) -> float:
    return mean(t.best_accuracy for t in trials)
