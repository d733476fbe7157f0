"""What the runs of a study show against each other: cost, depth, who leads when, and the best epochs.

explorer.insights.findings.accuracy has the accuracies, explorer.insights.findings.step_noise the noise of single steps.
"""

from collections.abc import Iterable
from itertools import combinations, permutations
from statistics import mean, median
from typing import Any

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.trial import Trial
from explorer.insights.findings.variants import Variants, runs_of
from explorer.insights.findings.wording import listed, macs, percent, short
from explorer.runs.record import are_alike
from explorer.text import plural

FASTER = 1.2  # times as fast, with two or more seeds each
FASTER_ONE_SEED = 2.0  # a busy minute of the machine alone has produced 1.7
DEEPER_IS_WORSE = 1.05  # times the training loss
THIN_RESNETS = {f"resnet{depth}": depth for depth in (20, 32, 44, 56, 110)}


def faster(variants: Variants) -> Finding | None:
    """The two variants whose speed differs most, among those that do different work on equally many images and one
    device.

    Variants that differ only in their learning rate or dropout take equally long: any difference comes from the
    machine.
    """
    seconds = {label: [float(t.epochs["seconds"].median()) for t in trials] for label, trials in variants.items()}
    firsts = {label: trials[0] for label, trials in variants.items()}
    if not are_alike(t.device for trials in variants.values() for t in trials):
        return None
    pairs = [
        (median(seconds[slow]) / median(seconds[quick]), quick, slow)
        for quick, slow in permutations(variants, 2)
        if firsts[quick].work != firsts[slow].work
        and firsts[quick].images == firsts[slow].images
        and max(seconds[quick]) < min(seconds[slow])
    ]
    factor, quick, slow = max(pairs, default=(0.0, "", ""))
    runs = [len(variants[label]) for label in (quick, slow)] if factor else [0]
    threshold = FASTER if min(runs) > 1 else FASTER_ONE_SEED
    if factor < threshold:
        return None
    where = "one run of each" if max(runs) == 1 else f"{runs[0]} runs and {runs[1]}"
    if max(runs) == min(runs) > 1:
        where = "both runs of each" if runs[0] == 2 else f"all {runs[0]} runs of each"
    fast, late = short(median(seconds[quick])), short(median(seconds[slow]))
    return Finding(
        f"In {where}, {quick} was {short(factor)} times as fast as {slow}: {fast} s compared with {late} s per epoch, "
        f"{_work(firsts[quick].macs, firsts[slow].macs)}.",
        f"Seconds per epoch, including validation: the median over epochs, then over seeds, on one device and the same "
        f"number of images. Reported from a factor of {FASTER:g} (of {FASTER_ONE_SEED:g} where one of them has a "
        f"single run) if every run of one was faster than every run of the other. Other work on the machine is "
        f"included: another day gives another factor. Multiply-accumulates (MACs) of one forward pass are counted, "
        f"not timed.",
        threshold,
        {f"seconds per epoch, {label}": median(values) for label, values in seconds.items()}
        | {f"MACs per image, {label}": trial.macs for label, trial in firsts.items()}
        | {"factor": factor},
        runs_of(variants),
        kind="speed",
    )


def _work(quick: int, slow: int) -> str:
    if quick == slow:
        return f"both at {macs(quick)} per image"
    return f"at {macs(quick)} compared with {macs(slow)} per image"


def ahead(variants: Variants) -> Finding | None:
    """For two variants: who leads in how many epochs, and at the end."""
    if len(variants) != 2:
        return None
    means = {
        label: np.mean([t.epochs["validation_accuracy"].to_numpy() for t in trials], axis=0)
        for label, trials in variants.items()
        if len({len(t.epochs) for t in trials}) == 1
    }
    if len(means) != 2 or len({len(m) for m in means.values()}) != 1:
        return None
    (a, of_a), (b, of_b) = means.items()
    if len(of_a) < 2 or (of_a == of_b).all():
        return None
    leads = {a: int((of_a > of_b).sum()), b: int((of_b > of_a).sum())}
    first, second = sorted(leads, key=lambda label: -leads[label])
    ties, lead = len(of_a) - sum(leads.values()), 100 * float(of_a[-1] - of_b[-1])
    tied = f" ({plural(ties, 'tie')})" if ties else ""
    size = f"{abs(lead):.1f}" if abs(lead) >= 0.05 else "less than 0.1"
    end = f"{a if lead > 0 else b} leads by {size} points at the end" if lead else "they are tied at the end"
    trials = [t for of_label in variants.values() for t in of_label]
    seeds = sorted({len(of_label) for of_label in variants.values()})
    n = [f"{trials[0].validation_images:,} images"] if trials[0].validation_images else []
    n.append("1 seed each" if seeds == [1] else f"means of {listed([str(count) for count in seeds])} seeds")
    return Finding(
        f"In validation accuracy ({', '.join(n)}) {first} is ahead in {leads[first]} of {len(of_a)} epochs, {second} "
        f"in {leads[second]}{tied}; {end}. This is a count of epochs, not a test.",
        "The variant with the higher validation accuracy after an epoch, mean over seeds, is ahead, however small the "
        "difference: a count, not a test. The epochs of a run depend on each other, so chance alone produces long "
        "leads.",
        None,
        {f"epochs ahead, {label}": count for label, count in leads.items()}
        | {f"points that {a if lead >= 0 else b} leads by at the end": abs(lead)},
        runs_of(variants),
        kind="ahead",
    )


def best_epochs(variants: Variants) -> Finding | None:
    """The epoch with the highest validation accuracy, and the one with the lowest validation loss."""
    measured = {label: [t for t in trials if len(t.epochs) > 1 and t.best_epoch] for label, trials in variants.items()}
    measured = {label: trials for label, trials in measured.items() if trials}
    if not measured:
        return None
    best, lowest, numbers = [], [], {}
    for label, trials in measured.items():
        epochs = {t.run: t.best_epoch for t in trials if t.best_epoch}
        numbers |= {f"best epoch ({run})": epoch for run, epoch in epochs.items()}
        best.append(f"{label} {_epochs_of(epochs.values())}, {_to(t.best_accuracy for t in trials)}")
        losses = {t.run: t.epochs["validation_loss"].to_numpy(dtype=np.float64) for t in trials}
        losses = {run: loss for run, loss in losses.items() if np.isfinite(loss).any()}
        finite = {run: loss[np.isfinite(loss)] for run, loss in losses.items()}
        numbers |= {
            f"epoch of the lowest validation loss ({run})": int(np.nanargmin(loss)) + 1 for run, loss in losses.items()
        }
        if losses:
            at_epochs = _epochs_of(int(np.nanargmin(loss)) + 1 for loss in losses.values())
            ends = dict.fromkeys(f"{end(loss.min() for loss in finite.values()):#.3g}" for end in (min, max))
            lowest.append(f"{label} {at_epochs}, {' to '.join(ends)}")
    sentence = f"Best epoch of {_epochs(measured)}, by validation accuracy: {'; '.join(best)}."
    if lowest:
        sentence += f" Lowest validation loss, in nats: {'; '.join(lowest)}."
    return Finding(
        sentence,
        "The best epoch is the first epoch with the highest validation accuracy; its weights are saved as the best and "
        "were tested. The validation loss is often lowest in another epoch.",
        None,
        numbers,
        runs_of(measured),
        kind="best epoch",
    )


def degradation(variants: Variants) -> Finding | None:
    """A deeper network that fits even its training images worse than a shallower one of its kind, in every seed."""
    found = []
    for a, b in combinations(variants, 2):
        pair = by_depth(variants, a, b)
        if pair is None:
            continue
        deep, shallow = pair
        of_deep, of_shallow = ([_end(t) for t in variants[label]] for label in (deep, shallow))
        if len({len(t.epochs) for label in (deep, shallow) for t in variants[label]}) > 1:
            continue
        if mean(of_deep) > DEEPER_IS_WORSE * mean(of_shallow) and min(of_deep) > max(of_shallow):
            found.append((deep, mean(of_deep), shallow, mean(of_shallow)))
    if not found:
        return None
    named = {label: trials for row in found for label, trials in variants.items() if label in row}
    losses = "; ".join(f"{deep} {x:.3g}, {shallow} {y:.3g}" for deep, x, shallow, y in found)
    worse = listed([f"{deep} fits them worse than {shallow}" for deep, _, shallow, _ in found])
    seeds = {len(trials) for trials in named.values()}
    where = "in this one run of each" if seeds == {1} else f"in every seed ({listed(sorted(map(str, seeds)))} of each)"
    doubt = "One run of each cannot show whether the depth is the cause, nor" if seeds == {1} else "This does not show"
    return Finding(
        f"More layers fit the training images worse after {_epochs(named)}, {where}: training loss of {losses}. "
        f"{doubt} whether the deeper networks would catch up.",
        "The training loss of the last epoch, mean over seeds, of a deeper network of the same kind is more than "
        f"{DEEPER_IS_WORSE:g} times that of the shallower one, and every seed of the deeper network is above every "
        f"seed of the shallower one (He et al. 2015, figures 1 and 6). One run of each cannot show whether the depth "
        f"is the cause; a few epochs cannot show whether the deeper network would catch up.",
        DEEPER_IS_WORSE,
        {f"training loss of {label}": value for row in found for label, value in (row[:2], row[2:])},
        runs_of(named),
        answer=f"No: in these runs {worse}.",
        kind="degradation",
    )


def by_depth(variants: Variants, a: str, b: str) -> tuple[str, str] | None:
    """(the deeper, the shallower) of two networks that differ only in their depth; else None."""
    deep, shallow = sorted((a, b), key=lambda label: -_layers(variants[label][0]))
    first, second = variants[deep][0], variants[shallow][0]
    differ = _layers(first) != _layers(second)
    return (deep, shallow) if differ and _apart_from_depth(first) == _apart_from_depth(second) else None


def _apart_from_depth(trial: Trial) -> dict[str, Any]:
    return {name: value for name, value in trial.settings.items() if name not in ("model", "seed", "device")}


def _layers(trial: Trial) -> int:
    """The depth of a ResNet for small images, whose family differs in nothing else; 0 for other models."""
    return THIN_RESNETS.get(trial.model, 0)


def _epochs(variants: Variants) -> str:
    return plural(max(len(t.epochs) for trials in variants.values() for t in trials), "epoch")


def _epochs_of(numbers: Iterable[int]) -> str:
    distinct = sorted(set(numbers))
    return f"in {'epochs' if len(distinct) > 1 else 'epoch'} {listed([str(n) for n in distinct])}"


def _to(accuracies: Iterable[float]) -> str:
    values = sorted(accuracies)
    return " to ".join(dict.fromkeys((percent(values[0]), percent(values[-1]))))


def _end(trial: Trial) -> float:
    """Training loss of the last epoch; NaN if there is none."""
    return float(trial.epochs["train_loss"].iloc[-1]) if len(trial.epochs) else float("nan")
