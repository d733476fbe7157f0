"""Trials by variant: what a study compares."""

from explorer.insights.findings.trial import Trial

Variants = dict[str, list[Trial]]  # label → its seeds


def by_variant(trials: list[Trial]) -> Variants:
    """label → its trials, in the order in which labels first occur; of two with the same seed, which are one network
    twice and no evidence of its spread, the one that has finished, or the first."""
    found: dict[str, dict[object, Trial]] = {}
    for trial in trials:
        seeds = found.setdefault(trial.label, {})
        seed = trial.run if trial.seed is None else trial.seed
        if seed not in seeds or (seeds[seed].test_accuracy is None and trial.test_accuracy is not None):
            seeds[seed] = trial
    return {label: list(seeds.values()) for label, seeds in found.items()}


def runs_of(variants: Variants) -> tuple[str, ...]:
    """The ids of all runs."""
    return tuple(t.run for trials in variants.values() for t in trials)
