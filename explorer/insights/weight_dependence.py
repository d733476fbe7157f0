"""Does a method's map depend on what a network has learned? Over several images, with one comparison each."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.insights.attribution import explain
from explorer.insights.explanation_checks import rank_correlation, redraw
from explorer.insights.hooks import lock
from explorer.insights.statistics import wilson

SIMILAR = 0.5  # of a rank correlation, with either sign: from here on a map counts as unchanged


@dataclass(frozen=True)
class WeightDependence:
    """Rank correlations of the trained network's maps with those of a network with random weights."""

    correlations: tuple[float, ...]  # −1 to 1, of the images on which neither map is blank
    blank: int  # images on which one of the two maps is blank or not finite

    @property
    def changed(self) -> int:
        """On how many images the map changes without the learned weights."""
        return sum(abs(value) < SIMILAR for value in self.correlations)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the share of images on which it changes, 0 to 1; the whole range if none counts."""
        n = len(self.correlations)
        return wilson(self.changed, n) if n else (0.0, 1.0)

    @property
    def depends(self) -> bool | None:
        """Whether the map changes on more than half of such images; None if the interval includes half."""
        low, high = self.interval
        return None if low <= 0.5 <= high else low > 0.5


def weight_dependence(model: nn.Module, images: Tensor, method: str, layer: str | None = None) -> WeightDependence:
    """Compare the maps of `images`, float32 (n, C, H, W), with those after all weights are drawn anew, in a copy.

    Each map explains the class that the trained network predicts. The test of Adebayo et al. 2018, section 3.1, with
    only its last step: all layers random. The rule, SIMILAR, is ours: the paper gives no threshold.
    """
    with lock(model):
        copy = deepcopy(model)
    trained = explain(method, copy, images, layer)
    generator = torch.Generator().manual_seed(0)
    for module in reversed(list(copy.modules())):
        redraw(module, generator)
    random = explain(method, copy, images, layer, trained.target)
    return of_maps(trained.map, random.map)


def of_maps(trained: Sequence[np.ndarray] | np.ndarray, random: Sequence[np.ndarray] | np.ndarray) -> WeightDependence:
    """The same for existing maps: n of (H, W) each."""
    found = np.array([rank_correlation(first, second) for first, second in zip(trained, random, strict=True)])
    finite = found[np.isfinite(found)]
    return WeightDependence(tuple(finite.tolist()), len(found) - len(finite))
