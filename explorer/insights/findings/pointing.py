"""Which explanation points at the object more often, and whether the images are enough to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.wording import listed, p_value, percent, some
from explorer.insights.statistics import holm, mcnemar, wilson

SURE = 0.05  # of an adjusted p-value
TOLD = 3  # names in a sentence; the finding's numbers have all of them
RULE = (
    "The share of images whose highest map pixel lies on the object (the pointing game; Zhang et al. 2016); a blank "
    "map counts as a miss. Every pair is compared on the images that both have explained with McNemar's exact test, "
    f"adjusted by Holm's method for all pairs, at p < {SURE:g}. The result holds for these networks and images like "
    "these; another seed of a network may change the order."
)


@dataclass(frozen=True)
class PointingResult:
    """The hits of one method with one network."""

    name: str  # of method and network; their name in a sentence
    run: str
    data: str  # fingerprint: only hits on the same images can be compared
    hits: np.ndarray  # bool (n,): of the first n test images, whether the highest pixel lies on the object
    size: float  # size of the object as a share of the image, mean: the hits of a blind guess


def pointing(results: Sequence[PointingResult]) -> list[Finding]:
    """For each data set: who points at the object most often, and which of the others can be distinguished from
    that."""
    sets: dict[str, list[PointingResult]] = {}
    for result in results:
        sets.setdefault(result.data, []).append(result)
    return [_of_one_set(of_set) for of_set in sets.values()]


def _of_one_set(results: list[PointingResult]) -> Finding:
    images = min(len(result.hits) for result in results)  # all begin with the first image
    rate = {result.name: float(result.hits[:images].mean()) for result in results}
    ranked = sorted(results, key=lambda result: -rate[result.name])
    pairs = list(combinations(ranked, 2))
    raw = [mcnemar(*_alone(a.hits[:images], b.hits[:images])) for a, b in pairs]
    p = {(a.name, b.name): adjusted for (a, b), adjusted in zip(pairs, holm(raw), strict=True)}
    numbers = {f"hits of {name}": value for name, value in rate.items()} | {"images": images}
    numbers |= {f"p, Holm, {a} and {b}": value for (a, b), value in p.items()}
    sentence = " ".join([_first(ranked, rate, images), *_verdicts(ranked, rate, p)])
    return Finding(
        sentence, RULE, SURE, numbers, tuple(dict.fromkeys(result.run for result in results)), kind="pointing game"
    )


def _alone(a: np.ndarray, b: np.ndarray) -> tuple[int, int]:
    return int((a & ~b).sum()), int((b & ~a).sum())


def _leading(ranked: list[PointingResult], rate: dict[str, float]) -> list[str]:
    return [result.name for result in ranked if rate[result.name] == rate[ranked[0].name]]


def _first(ranked: list[PointingResult], rate: dict[str, float], images: int) -> str:
    first = _leading(ranked, rate)
    highest = rate[first[0]]
    low, high = wilson(round(highest * images), images)
    verb = "points" if len(first) == 1 else "point equally often"
    often = " most often" if 1 == len(first) < len(ranked) else ""
    guess = percent(float(np.mean([result.size for result in ranked])))
    return (
        f"{listed(first)} {verb} at the object{often}, in {percent(highest)} of {images:,} test images "
        f"({percent(low)} to {percent(high)}); a random pixel would in {guess}."
    )


def _verdicts(ranked: list[PointingResult], rate: dict[str, float], p: dict[tuple[str, str], float]) -> list[str]:
    """Which results all of the first can be distinguished from, and which they cannot."""
    first = _leading(ranked, rate)
    others = [result.name for result in ranked if result.name not in first]
    worst = {other: max(p[leader, other] for leader in first) for other in others}
    worse = [other for other in others if worst[other] < SURE]
    close = [other for other in others if worst[other] >= SURE]
    sentences = []
    if worse:
        largest = p_value(max(worst[other] for other in worse))
        sentences.append(f"On these images that is more often than {some(worse, TOLD)} ({largest}).")
    if close:
        smallest = p_value(min(worst[other] for other in close))
        sentences.append(f"It cannot be distinguished from {some(close, TOLD)} ({smallest}).")
    return sentences
