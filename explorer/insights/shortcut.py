"""The shortcut in `shapes-shortcut`: what its mark says, and whether a network listens to it or looks at the shape."""

from dataclasses import dataclass

import numpy as np

from explorer.data.shapes import CORNER, marks
from explorer.insights.explanation_checks import localise
from explorer.insights.mistakes import Answers


def marked_classes(pixels: np.ndarray) -> np.ndarray:
    """The class that the mark in the corner stands for: uint8 (N, 3, H, W) → int64 (N,)."""
    corners = pixels[:, None, :, :CORNER, :CORNER].astype(np.int64)
    return np.abs(corners - marks()[None].astype(np.int64)).sum(axis=(2, 3, 4)).argmin(axis=1)


def on_mark(maps: np.ndarray) -> float:
    """Mean share of what speaks for the class, 0 to 1, that lies on the mark; NaN if all maps are blank.

    `maps`: float (N, H, W).
    """
    corner = np.zeros(maps.shape, bool)
    corner[:, :CORNER, :CORNER] = True
    return localise(maps, corner).mean_share


@dataclass(frozen=True)
class Listening:
    """What a network answers to images whose mark says another class than their shape. Fractions."""

    mark: float  # the class that the mark says
    shape: float  # the class that the shape is
    n: int


def listening(answers: Answers, marked: np.ndarray) -> Listening:
    """`marked`: int64 (N,), as `marked_classes` reads them from the same images."""
    apart = marked != answers.labels
    said = answers.predictions[apart]
    mark, shape = (float((said == wanted[apart]).mean()) for wanted in (marked, answers.labels))
    return Listening(mark, shape, int(apart.sum()))
