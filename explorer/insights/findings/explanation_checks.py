"""Whether an explanation can be trusted, as far as each test can tell. One image and one random draw each.

Each gives the answer, a line break, and the evidence.
"""

from collections.abc import Mapping

import numpy as np

from explorer.insights.explanation_checks import Cascade, PixelCurves, Robustness
from explorer.insights.findings.wording import listed, signed
from explorer.insights.weight_dependence import SIMILAR, WeightDependence

ONE = "one image, one random draw"


def changes(correlation: float) -> bool | None:
    """Whether the map of a randomised network differs from the trained one's; None if it is blank."""
    return abs(correlation) < SIMILAR if np.isfinite(correlation) else None


def randomisation(method: str, cascades: Mapping[str, Cascade]) -> str:
    """Does the map depend on what the network has learned (Adebayo et al. 2018)? `cascades`: network → its cascade.

    The rule, a rank correlation below SIMILAR, is ours: the paper looks at maps and gives no threshold.
    """
    last = {name: float(cascade.correlation[-1]) for name, cascade in cascades.items()}
    found = {name: changes(value) for name, value in last.items()}
    rule = f"rule: changed if between −{SIMILAR:g} and {SIMILAR:g}; {ONE}"
    figures = listed([_correlation(name, value) for name, value in last.items()])
    if set(found.values()) == {True}:
        answer = f"Yes, as far as this test can tell: {method} depends on what was learned"
    elif set(found.values()) == {False}:
        answer = f"No: {method} shows a similar map without what was learned"
    elif set(found.values()) == {None}:
        return f"This test cannot tell: without what was learned, the map of {method} is blank ({ONE})."
    else:
        unchanged = [name for name, changed in found.items() if changed is False]
        answer = "Yes, where the map is not blank"
        if unchanged:
            answer = f"Not for {listed(unchanged)}: there {method} shows a similar map without what was learned"
    return f"{answer}.\nWith all layers randomised, the rank correlation with the trained map is {figures} ({rule})."


BADGES = {True: "follows the weights", False: "does not follow the weights", None: "check cannot tell"}


def badge(found: WeightDependence) -> tuple[str, str]:
    """(in three words, the evidence and its rule): whether a method's map of a network depends on what was learned."""
    n, (low, high) = len(found.correlations), found.interval
    blank = f" On {found.blank} more, a map is blank." if found.blank else ""
    if not n:
        return BADGES[None], f"With random weights or without, the map is blank on all {found.blank} images."
    median = f"{np.median(np.abs(found.correlations)):.2f}"
    return BADGES[found.depends], (
        f"Parameter randomisation: with all weights random, the map changes on {found.changed} of {n} validation "
        f"images (95 % interval {low:.0%} to {high:.0%}; median size of the rank correlation {median}).{blank} "
        f"Rule: a map has changed if the rank correlation is between −{SIMILAR:g} and {SIMILAR:g}; the badge says "
        "yes or no where the interval excludes 50 %. One random draw, each predicted class. It does not say that "
        "the map is right."
    )


def _correlation(name: str, value: float) -> str:
    return f"{signed(f'{value:.2f}')} for {name}" if np.isfinite(value) else f"undefined for {name}"


TIE = 0.01  # between two areas, which are shown with two digits: a smaller difference is a tie


def pixels(curves: Mapping[str, tuple[PixelCurves, PixelCurves]]) -> str:
    """Do the pixels that the map calls important matter more than random ones (Petsiuk et al. 2018)?

    `curves`: network → those in the map's order, and in a random one. Both areas have to be better than at random, by
    TIE or more; the rule is ours, because one random order has no interval.
    """
    found = {
        name: (
            _better(random.deletion_area - map_.deletion_area),
            _better(map_.insertion_area - random.insertion_area),
        )
        for name, (map_, random) in curves.items()
    }
    all_results = {result for results in found.values() for result in results}
    if all_results == {1}:
        answer = "Yes, as far as this test can tell: the pixels that the map marks matter more than random ones"
    elif all_results == {-1}:
        answer = "No: the pixels that the map marks matter less than random ones"
    elif all_results == {0}:
        answer = "A tie: this test cannot tell the pixels that the map marks from random ones"
    else:
        whole = "Only in part" if 1 in all_results else "No"
        alike: dict[tuple[int, int], list[str]] = {}
        for name, results in found.items():
            alike.setdefault(results, []).append(name)
        answer = f"{whole}: " + "; ".join(
            f"{listed(names)} {_against_random(*results, several=len(names) > 1)}" for results, names in alike.items()
        )
    figures = ". ".join(
        f"{name}: area under deletion {map_.deletion_area:.2f} (random order {random.deletion_area:.2f}), under "
        f"insertion {map_.insertion_area:.2f} (random {random.insertion_area:.2f})"
        for name, (map_, random) in curves.items()
    )
    tie = f" Rule: areas that differ by less than {TIE:g} are a tie." if 0 in all_results else ""
    return f"{answer}.\n{figures}.{tie} One image, one random order."


def _better(difference: float) -> int:
    """1: better than at random, 0: a tie, −1: worse."""
    return 0 if abs(difference) < TIE else (1 if difference > 0 else -1)


def _against_random(deletion: int, insertion: int, several: bool) -> str:
    verbs = {1: "beats", 0: "ties with", -1: "loses to"}
    if several:
        verbs = {1: "beat", 0: "tie with", -1: "lose to"}
    if deletion == insertion:
        return f"{verbs[deletion]} the random order in deletion and in insertion"
    return f"{verbs[deletion]} the random order in deletion and {verbs[insertion]} it in insertion"


def noise(found: Mapping[str, Mapping[str, Robustness]]) -> str:
    """Infidelity and sensitivity (Yeh et al. 2019), which have no threshold: they rank methods.

    `found`: network → title of the method → its result.
    """
    figures = ". ".join(
        f"{name}: {_between('infidelity', of_methods)}, {_between('sensitivity', of_methods)}"
        for name, of_methods in found.items()
    )
    return f"This test gives no yes or no: it ranks the methods of one network, lower is better.\n{figures}. One image."


def _between(what: str, of_methods: Mapping[str, Robustness]) -> str:
    """The lowest and the highest value, each with its method."""
    values = {title: getattr(result, what) for title, result in of_methods.items()}
    finite = {title: value for title, value in values.items() if np.isfinite(value)}
    if not finite:
        return f"{what} undefined"
    low, high = min(finite, key=finite.__getitem__), max(finite, key=finite.__getitem__)
    if _short(finite[low]) == _short(finite[high]):
        return f"{what} {_short(finite[low])}" + (" for all methods" if len(values) > 1 else f" ({low})")
    return f"{what} from {_short(finite[low])} ({low}) to {_short(finite[high])} ({high})"


def _short(value: float) -> str:
    return f"{value:.2g}"
