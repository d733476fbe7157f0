"""Which variant is more accurate, and whether seeds and images are enough to tell; before the end, who leads."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.trial import Trial
from explorer.insights.findings.variants import Variants, runs_of
from explorer.insights.findings.wording import listed, p_value, percent, some
from explorer.insights.statistics import holm, paired_bootstrap, paired_images, unpaired_images, welch
from explorer.text import plural

SURE = 0.05  # of an adjusted p-value
TOLD = 5  # variants whose figures a sentence gives; the finding's numbers have all of them

RULE = (
    f"Two tests compare the test accuracies of every pair of variants, adjusted by Holm's method for the number of "
    f"pairs, each at p < {SURE:g}. Seeds: Welch's t-test of their means, for two or more seeds of each. Images: a "
    f"sign-flip test of the share of seeds that classify each of the same images correctly, which for one seed each is "
    f"McNemar's exact test (Fisher's exact test of the counts where predictions were not saved). A variant is called "
    f"more accurate if both tests are significant; if only the test of the images is, these trained networks differ. "
    f"The result holds for images like these and this training procedure."
)


@dataclass(frozen=True)
class Tests:
    """Adjusted p-values of every pair of variants, in both orders."""

    both: dict[tuple[str, str], float]  # the larger of seeds and images; only pairs with two or more seeds each
    images: dict[tuple[str, str], float]

    def more_accurate(self, a: str, b: str) -> bool:
        """Whether two variants differ, over seeds and over images; the ranking says which is ahead."""
        return self.both.get((a, b), 1.0) < SURE

    def differ_here(self, a: str, b: str) -> bool:
        """Whether these trained networks differ on these images."""
        return self.images.get((a, b), 1.0) < SURE


@dataclass(frozen=True)
class Pair:
    """Two variants, and the results of the tests on them."""

    a: str
    b: str
    difference: float  # mean test accuracy of a minus that of b, a fraction
    seeds_and_images: float | None  # adjusted p-value, the larger of both tests; None with fewer than two seeds each
    images: float | None  # adjusted p-value of these trained networks; None if the images are not known


def pairs(variants: Variants) -> list[Pair]:
    """The tests of RULE for every pair of variants, the most accurate first; empty if accuracies cannot be compared."""
    ended = _ended(variants)
    if ended is None:
        return []
    ranked = sorted(ended, key=lambda label: -_accuracy(ended[label]))
    tests = _tests(ended, ranked)
    return [
        Pair(a, b, _accuracy(ended[a]) - _accuracy(ended[b]), tests.both.get((a, b)), tests.images.get((a, b)))
        for a, b in combinations(ranked, 2)
    ]


def _ended(variants: Variants) -> Variants | None:
    """The trials that have a test accuracy; None if they are fewer than two variants, or from several data sets."""
    ended = {label: [t for t in trials if t.test_accuracy is not None] for label, trials in variants.items()}
    ended = {label: trials for label, trials in ended.items() if trials}
    if len(ended) < 2 or len({t.data for trials in ended.values() for t in trials}) > 1:
        return None
    return ended


def more_accurate(variants: Variants) -> Finding | None:
    """Which variant has the highest test accuracy, and what seeds and images can show about it."""
    ended = _ended(variants)
    if ended is None:
        return None
    ranked = sorted(ended, key=lambda label: -_accuracy(ended[label]))
    tests = _tests(ended, ranked)
    first = [label for label in ranked if np.isclose(_accuracy(ended[label]), _accuracy(ended[ranked[0]]), atol=1e-9)]
    sentences = [_first(ended, ranked, first), *_verdicts(ended, ranked, first, tests), *_unfinished(ended)]
    missing = len(runs_of(variants)) - len(runs_of(ended))
    if missing:
        sentences.append(f"Left out: {plural(missing, 'run')} without a test accuracy.")
    return Finding(
        " ".join(sentences),
        RULE,
        SURE,
        _numbers(ended, ranked, tests),
        runs_of(ended),
        answer=_answer(ended, ranked, first, tests),
        kind="test accuracy",
    )


def _answer(ended: Variants, ranked: list[str], first: list[str], tests: Tests) -> str:
    """Which one is better, in words: a difference that no test shows is a tie."""
    others, who = [label for label in ranked if label not in first], listed(first)
    if not others:
        return f"A tie: {listed(ranked)} are equally accurate."
    if not tests.images and not tests.both:
        ahead = f"{who} {'is' if len(first) == 1 else 'are'} ahead"
        return f"A tie so far: {ahead}, but one seed each cannot show that it is more than chance."
    higher = [label for label in others if all(tests.more_accurate(leader, label) for leader in first)]
    here = [label for label in others if all(tests.differ_here(leader, label) for leader in first)]
    shown = higher or here
    if not shown:
        return f"A tie: these tests cannot tell {some(ranked)} apart."
    is_, it_is = ("is", "it is") if len(first) == 1 else ("are", "they are")
    ahead = f"{who} {is_} more accurate than {some(shown)}"
    if not higher and only_seeds_differ(ended):
        return f"{ahead}, though they differ in nothing but the seed."
    if shown == others:
        return (
            f"{ahead}." if higher else f"{ahead} in these runs; only more seeds can show whether that holds in general."
        )
    rest = some([label for label in others if label not in shown])
    where, test = ("", "the tests cannot") if higher else (" in these runs", "no test can")
    return f"{ahead}{where}; {test} tell whether {it_is} more accurate than {rest}."


def only_seeds_differ(variants: Variants) -> bool:
    """Whether all runs have the same settings except for the seed and the device."""
    first, *others = (
        {name: value for name, value in trial.settings.items() if name not in ("seed", "device")}
        for trials in variants.values()
        for trial in trials
    )
    return bool(first) and all(settings == first for settings in others)


def _tests(ended: Variants, ranked: list[str]) -> Tests:
    seeds, images = {}, {}
    for pair in combinations(ranked, 2):
        a, b = (ended[label] for label in pair)
        if (of_images := _p_of_images(a, b)) is not None:
            images[pair] = of_images
        if min(len(a), len(b)) > 1:
            of_seeds = welch(_accuracies(a), _accuracies(b))
            seeds[pair] = max(of_seeds, images.get(pair, 0.0))
    return Tests(_adjusted(seeds), _adjusted(images))


def _p_of_images(a: list[Trial], b: list[Trial]) -> float | None:
    """The p-value for equal accuracy of two groups on images like these; None if the number of images is not known."""
    correct_a, correct_b = ([t.correct for t in group if t.correct is not None] for group in (a, b))
    if len(correct_a) == len(a) and len(correct_b) == len(b):
        return paired_images(np.stack(correct_a), np.stack(correct_b))
    n = a[0].test_images
    return unpaired_images(round(_accuracy(a) * n), round(_accuracy(b) * n), n) if n else None


def _adjusted(p_values: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    adjusted = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    return adjusted | {(b, a): p for (a, b), p in adjusted.items()}


def _first(ended: Variants, ranked: list[str], first: list[str]) -> str:
    """Who has the highest accuracy, alone or with others, and what the others have."""
    counts = [len(ended[label]) for label in ranked]
    even = len(set(counts)) == 1
    measured = "test accuracy" if max(counts) == 1 else "mean test accuracy"
    figure = f"{percent(_accuracy(ended[first[0]]))}"
    seeds = [f"{plural(counts[0], 'seed')} each"] if even else []
    figure += f" ({', '.join([*seeds, *_evidence(ended)])})"
    others = [label for label in ranked if label not in first]
    if not others:
        return f"{listed(ranked)} have the same {measured}, {figure}: a tie, which does not show that they are equal."
    verb = "has" if len(first) == 1 else "share"
    who = listed([label if even else f"{label} ({plural(len(ended[label]), 'seed')})" for label in first])
    return f"{who} {verb} the highest {measured}, {figure}; then {_with_accuracy(ended, others, even)}."


def _verdicts(ended: Variants, ranked: list[str], first: list[str], tests: Tests) -> list[str]:
    """Which variants the leaders can be distinguished from, which their networks differ from only on these images, and
    which they cannot be distinguished from."""
    others = [label for label in ranked if label not in first]
    if not others:
        return []
    it, is_ = listed(first), "is" if len(first) == 1 else "are each"
    if not tests.images and not tests.both:
        return ["One seed each cannot show whether that is more than chance."]
    higher = [label for label in others if all(tests.more_accurate(leader, label) for leader in first)]
    rest = [label for label in others if label not in higher]
    differ = [label for label in rest if all(tests.differ_here(leader, label) for leader in first)]
    close = [label for label in rest if label not in differ]
    sentences = []
    if higher:
        p = _range([tests.both[leader, label] for leader in first for label in higher], max)
        sentences.append(f"{it} {is_} more accurate than {some(higher)} ({p}).")
    if differ:
        sentences.append(_differ(ended, first, differ, tests))
    if close:
        p = _range([(tests.images | tests.both)[leader, label] for leader in first for label in close], min)
        sentences.append(f"{it} cannot be distinguished from {some(close)} ({p}).")
    if len(ranked) > 2 and tests.images:
        pairs = list(combinations(ranked, 2))
        apart = sum(tests.differ_here(*pair) for pair in pairs)
        sentences.append(f"These images tell {apart or 'none'} of all {len(pairs)} pairs of trained networks apart.")
    return sentences


def _differ(ended: Variants, first: list[str], differ: list[str], tests: Tests) -> str:
    p = _range([tests.images[leader, label] for leader in first for label in differ], max)
    sentence = f"In these runs, {listed(first)} {'differs' if len(first) == 1 else 'differ'} from {some(differ)} on "
    sentence += f"these test images ({p})"
    seeds = min(len(ended[label]) for label in (*first, *differ))
    if only_seeds_differ(ended):
        return f"{sentence}: the seed alone can do this much."
    if seeds == 1:
        return f"{sentence}; one seed cannot show whether the variant is the cause."
    return f"{sentence}; {seeds} seeds are too few, or vary too much, to show that the variant is the cause."


def _range(p_values: list[float], end: Callable[[list[float]], float]) -> str:
    """The p-value; for several the largest (`max`) or the smallest (`min`), marked as such."""
    return p_value(end(p_values), "=" if len(p_values) == 1 else "≤" if end is max else "≥")


def _evidence(ended: Variants) -> list[str]:
    """How long these runs were trained, and on how many images they were tested."""
    trials = [t for of_label in ended.values() for t in of_label]
    lengths = sorted({len(t.epochs) for t in trials})
    epochs = plural(lengths[0], "epoch") if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]} epochs"
    return [epochs, *([f"{trials[0].test_images:,} test images"] if trials[0].test_images else [])]


def _unfinished(ended: Variants) -> list[str]:
    """What the length of the training leaves open: losses that were lowest at its end, and numbers of steps that
    differ."""
    trials = [t for of_label in ended.values() for t in of_label]
    sentences = []
    if all(len(t.epochs) == 1 for t in trials):
        sentences.append("They were trained for one epoch: more epochs may change the order.")
    elif all(_still_falls(t) for t in trials):
        runs = "both runs" if len(trials) == 2 else f"all {len(trials)} runs"
        sentences.append(f"The validation loss of {runs} was lowest at the end: more epochs may change the order.")
    steps = {label: len(of_label[0].step_loss) for label, of_label in ended.items()}
    most, fewest = max(steps, key=steps.__getitem__), min(steps, key=steps.__getitem__)
    if steps[fewest] and steps[most] > steps[fewest]:
        sentences.append(
            f"They took different numbers of steps, from {steps[fewest]:,} ({fewest}) to {steps[most]:,} ({most}), "
            f"which may be the cause."
        )
    return sentences


def _still_falls(trial: Trial) -> bool:
    loss = trial.epochs["validation_loss"].to_numpy(dtype=np.float64)
    return bool(np.isfinite(loss).all()) and int(loss.argmin()) == len(loss) - 1


def _numbers(ended: Variants, ranked: list[str], tests: Tests) -> dict[str, float]:
    numbers: dict[str, float] = {}
    for label in ranked:
        numbers |= {f"accuracy of {label}": _accuracy(ended[label]), f"seeds of {label}": len(ended[label])}
    for name, p_values in (("seeds and images", tests.both), ("images", tests.images)):
        numbers |= {
            f"p by {name}, {a} and {b}": p_values[a, b] for a, b in combinations(ranked, 2) if (a, b) in p_values
        }
    best, second = (ended[label][0] for label in ranked[:2])
    if all(len(ended[label]) == 1 for label in ranked[:2]) and best.correct is not None and second.correct is not None:
        difference = paired_bootstrap(best.correct, second.correct)
        numbers |= {
            f"only {ranked[0]} right": int((best.correct & ~second.correct).sum()),
            f"only {ranked[1]} right": int((second.correct & ~best.correct).sum()),
            "difference": difference.value,
            "95 % from": difference.low,
            "95 % to": difference.high,
        }
    return numbers | {"test images": max(t.test_images for label in ranked for t in ended[label])}


def _accuracy(trials: list[Trial]) -> float:
    return mean(_accuracies(trials))


def _accuracies(trials: list[Trial]) -> list[float]:
    return [t.test_accuracy for t in trials if t.test_accuracy is not None]


def _with_accuracy(ended: Variants, labels: list[str], even: bool) -> str:
    def seeds(label: str) -> str:
        return "" if even else f" ({plural(len(ended[label]), 'seed')})"

    text = [f"{label} {percent(_accuracy(ended[label]))}{seeds(label)}" for label in labels[:TOLD]]
    others = [percent(_accuracy(ended[label])) for label in labels[TOLD:]]
    if others:
        text.append(f"{len(others)} more, {others[0]} to {others[-1]}" if len(others) > 1 else f"one more, {others[0]}")
    return listed(text)
