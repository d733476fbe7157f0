"""Sentences measured from runs, each with its rule, its threshold and its numbers. Rules that do not apply yield
none."""

from collections.abc import Callable
from dataclasses import replace

from explorer.insights.findings.accuracy import more_accurate
from explorer.insights.findings.comparisons import ahead, best_epochs, degradation, faster
from explorer.insights.findings.curves import DETECTORS, FAILURES
from explorer.insights.findings.finding import Finding, merged
from explorer.insights.findings.leading import reached
from explorer.insights.findings.norms import lagging_statistics
from explorer.insights.findings.step_noise import step_noise
from explorer.insights.findings.trial import Trial, trial_of
from explorer.insights.findings.variants import Variants, by_variant
from explorer.runs import Run

__all__ = ["Finding", "Trial", "findings", "leaders", "of_runs", "trial_of"]


def of_runs(runs: list[Run], labels: list[str] | None = None) -> list[Finding]:
    """The findings on runs that have finished an epoch. `labels`: the name of each; by default its variant."""
    names = labels or [None] * len(runs)
    return findings([trial_of(run, name) for run, name in zip(runs, names, strict=True) if run.epochs_done])


def findings(trials: list[Trial], are_seeds: bool = True) -> list[Finding]:
    """First what compares variants, then what single curves show; seeds of one variant share a sentence. Data sets are
    treated separately, the one with most runs first, and named if there are several.

    `are_seeds`: whether trials with the same label differ only in their seed. If not, every run is treated separately,
    and the labels only say over which runs the mean validation accuracy is taken.
    """
    sets = _by_data(trials)
    of_each = [_of_one_set(of_set) if are_seeds else _of_unlike_runs(of_set) for of_set in sets]
    return [found for of_set, of_one in zip(sets, of_each, strict=True) for found in _named(of_one, of_set, sets)]


def leaders(trials: list[Trial], are_seeds: bool = True) -> list[Finding]:
    """Which one is better: for each data set the finding that compares the accuracy of its labels; for a single label
    that has not learned, the finding that says so. One for all data sets if none of them has two labels."""
    sets = _by_data(trials)
    of_each = [_lead(by_variant(of_set)) if are_seeds else _of_groups(of_set) for of_set in sets]
    found = [
        named
        for of_set, finding in zip(sets, of_each, strict=True)
        if finding
        for named in _named([finding], of_set, sets)
    ]
    if len(found) < 2 or any(len(by_variant(of_set)) > 1 for of_set in sets):
        return found
    single = (one.sentence if one.kind == "validation accuracy" else f"{one.answer} {one.sentence}" for one in found)
    runs = tuple(run for one in found for run in one.runs)
    answer = "They learned from different data, so that no test can compare them."
    return [replace(found[0], sentence=" ".join(single), runs=runs, answer=answer)]


def _by_data(trials: list[Trial]) -> list[list[Trial]]:
    sets: dict[str, list[Trial]] = {}
    for trial in trials:
        sets.setdefault(trial.data, []).append(trial)
    return sorted(sets.values(), key=len, reverse=True)


def _named(found: list[Finding], of_set: list[Trial], sets: list[list[Trial]]) -> list[Finding]:
    if len(sets) == 1:
        return found
    where = f"On {of_set[0].data_name}: "
    return [
        replace(finding, sentence=where + finding.sentence, answer=finding.answer and where + _within(finding.answer))
        for finding in found
    ]


def _within(answer: str) -> str:
    """An answer after a colon; the name of a run keeps its capital."""
    return answer[0].lower() + answer[1:] if answer.startswith(("A tie", "There is")) else answer


def _of_one_set(trials: list[Trial]) -> list[Finding]:
    variants = by_variant(trials)
    accuracy = _accuracy(variants) if len(variants) > 1 else None  # for a single run, the best epochs say it
    others = (faster, ahead, step_noise, lagging_statistics)
    compared = [degradation(variants), accuracy, *(compare(variants) for compare in others)]
    single = [_over_seeds(detect, of_one) for detect in DETECTORS for of_one in variants.values()]
    return [finding for finding in (*compared, *single, best_epochs(variants)) if finding]


def _of_unlike_runs(trials: list[Trial]) -> list[Finding]:
    led = _of_groups(trials)
    return [*([led] if led else []), *_of_one_set([replace(trial, label=trial.run) for trial in trials])]


def _lead(variants: Variants) -> Finding | None:
    if len(variants) > 1:
        return _accuracy(variants)
    (trials,) = variants.values()
    for detect in FAILURES:
        if found := _over_seeds(detect, trials):
            what, _, evidence = found.sentence.partition(": ")
            return replace(found, answer=f"{what}.", sentence=f"{evidence[:1].upper()}{evidence[1:]}")
    return _accuracy(variants)


def _accuracy(variants: Variants) -> Finding | None:
    return more_accurate(variants) or reached(variants)


def _of_groups(trials: list[Trial]) -> Finding | None:
    groups: Variants = {}
    for trial in trials:
        groups.setdefault(trial.label, []).append(trial)
    return reached(groups, are_seeds=False)


def _over_seeds(detect: Callable[[Trial], Finding | None], trials: list[Trial]) -> Finding | None:
    found = [finding for trial in trials if (finding := detect(trial))]
    return merged(found, len(trials)) if found else None
