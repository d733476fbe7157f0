"""What the runs of a study show against each other, grouped by their label: one variant, several seeds."""

from collections.abc import Callable
from itertools import combinations, permutations
from statistics import mean, median

import numpy as np

from explorer.insights.curve_findings import best_epoch, settled_noise
from explorer.insights.finding import Finding
from explorer.insights.statistics import holm, mcnemar, paired_bootstrap, welch
from explorer.insights.trial import Trial

SURE = 0.05  # of an adjusted p-value
TOLD = 5  # variants whose figures a sentence tells; the finding's numbers have all of them
FASTER = 1.2  # times, with two seeds or more of each
FASTER_ONE_SEED = 2.0  # a busy minute of the machine has made 1.7 out of nothing
DEEPER_IS_WORSE = 1.05  # times the training loss
THIN_RESNETS = {f"resnet{depth}": depth for depth in (20, 32, 44, 56, 110)}

Groups = dict[str, list[Trial]]


def grouped(trials: list[Trial]) -> Groups:
    """label → its trials, in the order in which labels first come."""
    groups: Groups = {}
    for trial in trials:
        groups.setdefault(trial.label, []).append(trial)
    return groups


def more_accurate(groups: Groups) -> Finding | None:
    """Which variant has the best test accuracy, and whether the data can tell."""
    ended = {label: [t for t in trials if t.test_accuracy is not None] for label, trials in groups.items()}
    ended = {label: trials for label, trials in ended.items() if trials}
    if len(ended) < 2 or len({t.data for trials in ended.values() for t in trials}) > 1:
        return None
    ranked = sorted(ended, key=lambda label: -_accuracy(ended[label]))
    if min(map(len, ended.values())) == 1:
        return _one_seed(ended, ranked)
    return _several_seeds(ended, ranked)


def _several_seeds(ended: Groups, ranked: list[str]) -> Finding:
    """Welch's test over seeds for every pair, since the best was picked after looking; Holm for their number."""
    pairs = list(combinations(ranked, 2))
    raw = [welch(*([t.test_accuracy for t in ended[label]] for label in pair)) for pair in pairs]
    p_values = dict(zip(pairs, holm(raw), strict=True))
    best, *others = ranked
    seeds = min(map(len, ended.values()))
    sentence = (
        f"{best} has the best mean test accuracy, {_percent(_accuracy(ended[best]))} over {len(ended[best])} seeds"
    )
    beaten = [label for label in others if p_values[best, label] < SURE]
    close = [label for label in others if label not in beaten]
    if beaten:
        sentence += f"; it is better than {_with_accuracy(ended, beaten)}"
    if close:
        sentence += f"; {seeds} seeds cannot tell it from {_with_accuracy(ended, close)}"
    numbers = {f"mean accuracy of {label}": _accuracy(ended[label]) for label in ranked}
    numbers |= {f"p, {best} and {label}": p_values[best, label] for label in others}
    return Finding(
        f"{sentence}.",
        "Welch's t-test of the test accuracies of the seeds, for every pair of variants; adjusted by Holm's method for "
        f"the {len(pairs)} pairs; told apart below p = {SURE:g}. It holds for these images and this way to train.",
        SURE,
        numbers,
        _ids(ended),
        kind="test accuracy",
    )


def _one_seed(ended: Groups, ranked: list[str]) -> Finding:
    """One seed cannot speak for an architecture; McNemar's test says whether the two networks themselves differ."""
    first, second = (ended[label][0] for label in ranked[:2])
    figures = _with_accuracy(ended, ranked[1:])
    sentence = f"{ranked[0]} has the best test accuracy, {_percent(_accuracy(ended[ranked[0]]))} ({figures}); "
    sentence += "one seed cannot say whether it is better."
    numbers = {f"accuracy of {label}": _accuracy(ended[label]) for label in ranked}
    if first.correct is not None and second.correct is not None:
        only_first = int((first.correct & ~second.correct).sum())
        only_second = int((second.correct & ~first.correct).sum())
        pairs = list(combinations([ended[label][0] for label in ranked], 2))
        raw = [mcnemar(*_only(a, b)) for a, b in pairs if a.correct is not None and b.correct is not None]
        p = holm(raw)[0]  # the first pair is that of the two best
        difference = paired_bootstrap(first.correct, second.correct)
        sentence += (
            f" These two networks, {ranked[0]} and {ranked[1]}, "
            + ("do differ" if p < SURE else "cannot be told apart")
            + f" on these {len(first.correct):,} test images ({_p(p)})."
        )
        numbers |= {
            f"only {ranked[0]} right": only_first,
            f"only {ranked[1]} right": only_second,
            "difference": difference.value,
            "95 % from": difference.low,
            "95 % to": difference.high,
            "p": p,
        }
    return Finding(
        sentence,
        "Whether an architecture is better needs two seeds or more of each. Whether two trained networks differ: "
        "exact McNemar test on the same test images, adjusted by Holm's method for all pairs, p below "
        f"{SURE:g}; the interval of the difference is a paired bootstrap.",
        SURE,
        numbers,
        _ids(ended),
        kind="test accuracy",
    )


def faster(groups: Groups) -> Finding | None:
    """The two variants whose speed differs most, of those that do different work on one kind of device.

    Variants that differ in their learning rate or dropout alone take equally long: what differs is the machine's.
    """
    seconds = {label: [float(t.epochs["seconds"].median()) for t in trials] for label, trials in groups.items()}
    if len({t.device for trials in groups.values() for t in trials}) > 1:
        return None
    pairs = [
        (median(seconds[slow]) / median(seconds[quick]), quick, slow)
        for quick, slow in permutations(groups, 2)
        if groups[quick][0].work != groups[slow][0].work and max(seconds[quick]) < min(seconds[slow])
    ]
    factor, quick, slow = max(pairs, default=(0.0, "", ""))
    several = factor and min(len(groups[quick]), len(groups[slow])) > 1
    threshold = FASTER if several else FASTER_ONE_SEED
    if factor < threshold:
        return None
    figures = f"{_short(median(seconds[quick]))} s against {_short(median(seconds[slow]))} s an epoch"
    return Finding(
        f"{quick} is {factor:.1f} times as fast as {slow}: {figures}.",
        "Seconds an epoch, with its validation: the median over epochs, then over seeds, on one device. Named from a "
        f"factor of {FASTER:g} on (of {FASTER_ONE_SEED:g} with one seed), where every seed of the one was faster than "
        "every seed of the other. What else the machine was doing is in it.",
        threshold,
        {f"seconds an epoch, {label}": median(values) for label, values in seconds.items()} | {"factor": factor},
        _ids(groups),
        kind="speed",
    )


def ahead(groups: Groups) -> Finding | None:
    """Of two variants: who leads in how many epochs, and at the end."""
    if len(groups) != 2:
        return None
    means = {
        label: np.mean([t.epochs["validation_accuracy"].to_numpy() for t in trials], axis=0)
        for label, trials in groups.items()
        if len({len(t.epochs) for t in trials}) == 1
    }
    if len(means) != 2 or len({len(m) for m in means.values()}) != 1:
        return None
    (a, of_a), (b, of_b) = means.items()
    if len(of_a) < 2 or (of_a == of_b).all():
        return None
    leads = {a: int((of_a > of_b).sum()), b: int((of_b > of_a).sum())}
    leader = max(leads, key=leads.__getitem__)
    last = (
        f"{a} at the end" if of_a[-1] > of_b[-1] else f"{b} at the end" if of_b[-1] > of_a[-1] else "a tie at the end"
    )
    who = (
        f"{leader} is ahead in {leads[leader]}" if leads[a] != leads[b] else f"{a} and {b} are each ahead in {leads[a]}"
    )
    return Finding(
        f"{who} of {len(of_a)} epochs, {last}.",
        "Ahead is whose validation accuracy, the mean over seeds, is higher after an epoch.",
        None,
        {f"epochs ahead, {label}": count for label, count in leads.items()},
        _ids(groups),
        kind="ahead",
    )


def best_epochs(groups: Groups) -> Finding | None:
    """The epochs with the lowest validation loss, of all seeds of all variants, in one sentence."""
    found = {label: [f for t in trials if (f := best_epoch(t))] for label, trials in groups.items()}
    found = {label: of_label for label, of_label in found.items() if of_label}
    if not found:
        return None
    told = []
    for label, of_label in found.items():
        epochs = sorted({int(f.numbers["best epoch"]) for f in of_label})
        lowest = min(f.numbers["validation loss"] for f in of_label)
        told.append(f"{label} in {' and '.join(map(str, epochs))} ({lowest:.3g})")
    first = next(iter(found.values()))[0]
    return Finding(
        f"Lowest validation loss, of {_epochs(groups)}: {', '.join(told)}.",
        first.rule,
        None,
        {f"best epoch ({f.runs[0]})": f.numbers["best epoch"] for of_label in found.values() for f in of_label},
        _ids(groups),
        kind="lowest validation loss",
    )


def step_noise(groups: Groups) -> Finding | None:
    """How noisy the loss of single steps is at each batch size."""
    by_size: dict[int, list[float]] = {}
    for trial in (t for trials in groups.values() for t in trials):
        if np.isfinite(wavers := settled_noise(trial.step_loss)):
            by_size.setdefault(trial.batch_size, []).append(wavers)
    if len(by_size) < 2:
        return None
    sizes = sorted(by_size)
    figures = {size: mean(by_size[size]) for size in sizes}
    told = ", ".join(f"{figures[size]:.2g} with {size}" for size in sizes)
    return Finding(
        f"The loss of single steps wavers by {told} images a batch (nats).",
        "The standard deviation of a step's loss around the middle of its neighbours' (Gasser et al. 1986), without "
        "the first tenth of the steps, mean over seeds. The mean of independent images would waver as 1/√batch size.",
        None,
        {f"noise at batch size {size}": value for size, value in figures.items()},
        _ids(groups),
        kind="step noise",
    )


def degradation(groups: Groups) -> Finding | None:
    """A deeper network that fits even its training images worse than a shallower one of its kind."""
    found = []
    for a, b in combinations(groups, 2):
        deep, shallow = sorted((a, b), key=lambda label: -_layers(groups[label][0]))
        same_kind = deep.split()[1:] == shallow.split()[1:]
        if not same_kind or _layers(groups[deep][0]) == _layers(groups[shallow][0]):
            continue
        of_deep, of_shallow = (_end(groups[label]) for label in (deep, shallow))
        if of_deep > DEEPER_IS_WORSE * of_shallow:
            found.append((deep, of_deep, shallow, of_shallow))
    if not found:
        return None
    told = "; ".join(f"{deep} {x:.3g}, {shallow} {y:.3g}" for deep, x, shallow, y in found)
    return Finding(
        f"More layers fit the training images worse after {_epochs(groups)}: training loss of {told}.",
        "The training loss of the last epoch, mean over seeds, of a deeper network of the same kind is more than "
        f"{DEEPER_IS_WORSE:g} times that of the shallower one (He et al. 2015, figures 1 and 6).",
        DEEPER_IS_WORSE,
        {f"training loss of {label}": value for row in found for label, value in (row[:2], row[2:])},
        tuple(t.run for row in found for label in (row[0], row[2]) for t in groups[label]),
        kind="degradation",
    )


def _layers(trial: Trial) -> int:
    """The depth of a ResNet for small images, one family that differs in nothing else; 0 for other models."""
    return THIN_RESNETS.get(trial.model, 0)


def _epochs(groups: Groups) -> str:
    count = max(len(t.epochs) for trials in groups.values() for t in trials)
    return f"{count} epoch{'s' * (count != 1)}"


def _end(trials: list[Trial]) -> float:
    """Mean training loss after the last epoch; NaN if one has none."""
    return mean(t.epochs["train_loss"].iloc[-1] if len(t.epochs) else float("nan") for t in trials)


def _only(a: Trial, b: Trial) -> tuple[int, int]:
    return int((a.correct & ~b.correct).sum()), int((b.correct & ~a.correct).sum())


def _accuracy(trials: list[Trial]) -> float:
    return mean(t.test_accuracy for t in trials)


def _with_accuracy(groups: Groups, labels: list[str]) -> str:
    told = [f"{label} {_percent(_accuracy(groups[label]))}" for label in labels[:TOLD]]
    others = [_percent(_accuracy(groups[label])) for label in labels[TOLD:]]
    if others:
        told.append(f"{len(others)} more, {others[0]} to {others[-1]}" if len(others) > 1 else f"one more, {others[0]}")
    return ", ".join(told)


def _short(number: float) -> str:
    return f"{number:.2g}" if number < 100 else f"{number:.0f}"


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"


def _p(value: float) -> str:
    return f"p = {value:.2g}" if value >= 0.001 else "p < 0.001"


def _ids(groups: Groups) -> tuple[str, ...]:
    return tuple(t.run for trials in groups.values() for t in trials)


COMPARISONS: tuple[Callable[[Groups], Finding | None], ...] = (degradation, more_accurate, faster, ahead, step_noise)
