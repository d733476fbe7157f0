"""The shortcut in `shapes-shortcut`: what its mark says, and whether a network relies on it or on the shape."""

from dataclasses import dataclass

import numpy as np

from explorer.data.shapes import CORNER, marks
from explorer.insights.explanation_checks import localise
from explorer.insights.mistakes import Predictions


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
class ShortcutReliance:
    """How often a network predicts the mark's class, and the shape's, where the two differ. Fractions of n images."""

    mark: float  # predicted as the class that the mark stands for
    shape: float  # predicted as the class of the shape
    n: int


def shortcut_reliance(predictions: Predictions, marked: np.ndarray) -> ShortcutReliance:
    """`marked`: int64 (N,), as `marked_classes` reads them from the same images."""
    apart = marked != predictions.labels
    predicted = predictions.predicted_classes[apart]
    mark, shape = (float((predicted == wanted[apart]).mean()) for wanted in (marked, predictions.labels))
    return ShortcutReliance(mark, shape, int(apart.sum()))
