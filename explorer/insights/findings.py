"""Sentences measured from runs, each with its rule, its threshold and its numbers. What does not apply is not said."""

from explorer.insights.comparison_findings import COMPARISONS, best_epochs, grouped
from explorer.insights.curve_findings import DETECTORS
from explorer.insights.finding import Finding, merged
from explorer.insights.norm_findings import lagging_statistics
from explorer.insights.trial import Trial, trial_of
from explorer.runs import Run

__all__ = ["Finding", "Trial", "findings", "of_runs", "trial_of"]


def of_runs(runs: list[Run], labels: list[str] | None = None) -> list[Finding]:
    """The findings on runs that have finished an epoch. `labels`: what each is called; by default its variant."""
    names = labels or [None] * len(runs)
    return findings([trial_of(run, name) for run, name in zip(runs, names, strict=True) if run.epochs_done])


def findings(trials: list[Trial]) -> list[Finding]:
    """First what compares variants, then what single curves show; seeds of one variant share a sentence."""
    groups = grouped(trials)
    compared = [compare(groups) for compare in (*COMPARISONS, lagging_statistics)]
    single = [_over_seeds(detect, of_one) for detect in DETECTORS for of_one in groups.values()]
    return [finding for finding in (*compared, *single, best_epochs(groups)) if finding]


def _over_seeds(detect, trials: list[Trial]) -> Finding | None:
    found = [finding for trial in trials if (finding := detect(trial))]
    return merged(found, len(trials)) if found else None
