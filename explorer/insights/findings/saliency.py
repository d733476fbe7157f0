"""Where a prediction comes from, according to one map: the part of the image with most of the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.insights.findings.wording import listed, percent
from explorer.insights.predict import Guess

SPREAD = 0.3  # of the pixels: if half of a map is on more than these, it points nowhere (evenly spread, on half)
PLACES = (
    ("the upper left", "the top", "the upper right"),
    ("the left", "the centre", "the right"),
    ("the lower left", "the bottom", "the lower right"),
)


def half(heat: np.ndarray) -> float:
    """The smallest share of the pixels that holds half of a map's values above zero, 0 to 1. `heat`: (H, W)."""
    above = np.sort(np.maximum(heat.astype(np.float64), 0).ravel())[::-1]
    assert above.sum() > 0, "a blank map lies nowhere"
    return float((np.searchsorted(np.cumsum(above), above.sum() / 2) + 1) / above.size)


def place(heat: np.ndarray) -> str:
    """In words, which of nine equal parts of the image has the largest sum above zero. `heat`: (H, W)."""
    above = np.maximum(heat.astype(np.float64), 0)
    rows, columns = (np.minimum(np.arange(side) * 3 // side, 2) for side in heat.shape)
    sums = np.zeros((3, 3))
    np.add.at(sums, (rows[:, None], columns[None, :]), above)
    row, column = divmod(int(sums.argmax()), 3)
    return PLACES[row][column]


def in_words(heat: np.ndarray) -> str:
    """The part of the image in words, as a text alternative of the map. `heat`: (H, W)."""
    if not (np.isfinite(heat).all() and (heat > 0).any()):
        return "nothing supports it"
    return "from all over the image" if half(heat) > SPREAD else f"mostly from {place(heat)}"


@dataclass(frozen=True)
class Explained:
    """What one network predicts for an image, and the map that explains a class of it."""

    name: str  # of the network
    predicted: Guess
    subject: str  # the class that the map explains
    heat: np.ndarray | None = None  # float32 (H, W); None if there is no explanation


def comes_from(explained: Sequence[Explained], method: str, true_class: str = "") -> str:
    """What each network predicts, and which part of the image supports it, by the map of one method.

    `true_class`: "" if it is not known. The part is the one of nine with the largest share of the map; the number is
    the smallest share of the pixels that holds half of the map, and comes after a line break.
    """
    true = f"True class {true_class}: " if true_class else ""
    if len(explained) > 1:
        predicting: dict[str, list[str]] = {}
        for of in explained:
            predicting.setdefault(of.predicted.label, []).append(of.name)
        agree = [
            f"{listed(who)} {'predicts' if len(who) == 1 else 'predict'} {label}" for label, who in predicting.items()
        ]
        places = [_where(of, method) for of in explained]
        words, common = {where for where, _ in places}, ""
        if len(words) == len(predicting) == 1 and (where := words.pop()).startswith((", mostly", ", from")):
            common = f", {'both' if len(explained) == 2 else 'all'}{where[1:]}"
        parts = []
        for of, (where, figure) in zip(explained, places, strict=True):
            sure = f"{of.name} ({percent(of.predicted.probability)})"
            evidence = f" ({figure})" if figure else ""
            parts.append(f"{sure}: {figure}" if common else f"{sure}{where}{evidence}")
        return f"{true}{'; '.join(agree)}{common}.\n{'; '.join(parts)}."
    (of,) = explained
    words, figure = _where(of, method)
    sure = f"Its probability is {percent(of.predicted.probability)}"
    evidence = f"{sure}; {figure}." if figure else f"{sure}."
    return f"{true}{of.name} predicts {of.predicted.label}{words}.\n{evidence}"


def _where(of: Explained, method: str) -> tuple[str, str]:
    """(the part of the image, in words after the prediction; the share that decides it)."""
    if of.heat is None:
        return "", ""
    of_other = "" if of.subject == of.predicted.label else f"the evidence for {of.subject} "
    if not (np.isfinite(of.heat).all() and (of.heat > 0).any()):
        return f", but {method} finds nothing that supports {of.subject}", ""
    share = half(of.heat)
    figure = f"half of the {method} map lies on {percent(share)} of the pixels"
    if share > SPREAD:
        return f", {of_other}from all over the image", f"{figure}, more than {100 * SPREAD:.0f} %"
    return f", {of_other}mostly from {place(of.heat)}", figure
