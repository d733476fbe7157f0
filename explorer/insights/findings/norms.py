"""How the statistics of batch normalisation change a measured accuracy."""

from statistics import mean

import pandas as pd

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.variants import Variants
from explorer.text import plural

LAGS = 0.05  # of the validation images: running averages that lose more than this hide what was learned
TOLD = 5  # variants whose figures a sentence gives; the finding's numbers have all of them


def lagging_statistics(groups: Variants) -> Finding | None:
    """Variants for which running averages would have shown far less than recomputed statistics for the same weights."""
    ends = {label: [_end(trial.epochs) for trial in trials] for label, trials in groups.items()}
    ended = {label: [end for end in of_label if end] for label, of_label in ends.items()}
    means = {
        label: (mean(recomputed for recomputed, _ in pairs), mean(running for _, running in pairs))
        for label, pairs in ended.items()
        if pairs
    }
    if not any(recomputed - running > LAGS for recomputed, running in means.values()):
        return None
    text = "; ".join(
        f"{_percent(b)} instead of {_percent(a)} ({label})" for label, (a, b) in list(means.items())[:TOLD]
    )
    more = f", and {len(means) - TOLD} more" if len(means) > TOLD else ""
    seeds = max(map(len, ended.values()))
    images = next(trial.validation_images for trials in groups.values() for trial in trials)
    of = ([f"{images:,} images"] if images else []) + ([f"means of {seeds} seeds"] if seeds > 1 else ["1 seed each"])
    return Finding(
        "With the running averages of batch normalisation the same weights would have a validation accuracy of "
        f"{text}{more}; {', '.join(of)}.",
        "The same weights after the last epoch, on the same validation images, with the running averages of batch "
        "normalisation and with statistics recomputed over training images; mean over "
        f"{plural(seeds, 'seed')}. Reported if a variant loses more than {100 * LAGS:g} points. Running averages lag "
        f"behind weights that are still changing, most after few steps (Wu & Johnson 2021).",
        LAGS,
        {
            f"validation accuracy with {kind} statistics, {label}": value
            for label, pair in means.items()
            for kind, value in zip(("recomputed", "running"), pair, strict=True)
        },
        tuple(trial.run for label in means for trial in groups[label]),
        kind="norm statistics",
    )


def _end(epochs: pd.DataFrame) -> tuple[float, float] | None:
    """Validation accuracies after the last epoch with recomputed statistics and with running ones; None for a run that
    lacks one of them."""
    if not len(epochs) or "running_accuracy" not in epochs:
        return None
    last = epochs.iloc[-1]
    if pd.isna(last["running_accuracy"]):
        return None
    return float(last["validation_accuracy"]), float(last["running_accuracy"])


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"
