"""A shortcut in the data: whether a network relies on the mark or on the object."""

from dataclasses import dataclass

import numpy as np

from explorer.insights.explanation_checks import localise
from explorer.insights.mistakes import Predictions


def on_mark(maps: np.ndarray, region: np.ndarray) -> float:
    """Mean share of the support for the class, 0 to 1, that is on the mark; NaN if all maps are blank.

    `maps`: float (N, H, W). `region`: bool (H, W), where the mark is.
    """
    return localise(maps, np.broadcast_to(region, maps.shape)).mean_share


@dataclass(frozen=True)
class ShortcutReliance:
    """How often a network predicts the mark's class, and the image's, if the two differ. Fractions of n images."""

    mark: float  # predicted as the class that the mark stands for
    image: float  # predicted as the class of the image
    n: int


def shortcut_reliance(predictions: Predictions, marked: np.ndarray) -> ShortcutReliance:
    """`marked`: int64 (N,), the classes whose marks the same images carry."""
    apart = marked != predictions.labels
    predicted = predictions.predicted_classes[apart]
    mark, image = (float((predicted == wanted[apart]).mean()) for wanted in (marked, predictions.labels))
    return ShortcutReliance(mark, image, int(apart.sum()))
