"""What every method returns."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Passes(NamedTuple):
    """How often the network was run for each image, as counted: baselines and noisy or covered copies included."""

    forward: float
    backward: float


@dataclass(frozen=True)
class Attribution:
    """The explanation of B images by one method. Frozen: a cached one is shared by all visitors."""

    method: str  # a key of METHODS
    map: np.ndarray  # float32 (B, H, W), to be shown over the image; 0 and more, unless `signed`
    raw: np.ndarray  # float32 (B, c, h, w), before channels are joined, cut at zero and enlarged
    signed: bool  # the map's values below zero speak against the class
    target: np.ndarray  # int64 (B,): the class that is explained
    contrast: np.ndarray | None  # int64 (B,): the class that it is set against, if any
    layer: str | None  # None where the image itself is explained
    passes: Passes

    @property
    def blank(self) -> np.ndarray:
        """bool (B,): nothing to see, the map is zero everywhere or not finite. A result, to be said in words."""
        return ~np.isfinite(self.map).all(axis=(1, 2)) | (self.map == 0).all(axis=(1, 2))

    @property
    def blank_because(self) -> str:
        """Of maps that are blank, what that means: half a sentence."""
        if not np.isfinite(self.map).all():
            return "the map has values that are not finite"
        return "the map is zero everywhere"

    @property
    def resolution(self) -> tuple[int, int]:
        """(h, w), the pixels that were measured; (1, 1) cannot say where."""
        return self.raw.shape[2], self.raw.shape[3]

    @property
    def total(self) -> np.ndarray:
        """float64 (B,): the sum of `raw`. A complete method's equals the difference of logits to its baseline."""
        return self.raw.sum(axis=(1, 2, 3), dtype=np.float64)
