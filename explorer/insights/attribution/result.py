"""What every method returns."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Passes(NamedTuple):
    """How often the network was run per image, as counted: includes baselines and noisy or covered copies."""

    forward: float
    backward: float


@dataclass(frozen=True)
class Attribution:
    """The explanation of B images by one method. Frozen, because a cached one is shared by all visitors."""

    method: str  # a key of METHODS
    map: np.ndarray  # float32 (B, H, W), to be shown over the image; 0 and more, unless `signed`
    raw: np.ndarray  # float32 (B, c, h, w), before channels are joined, cut at zero and enlarged
    signed: bool  # the map's values below zero count against the class
    target: np.ndarray  # int64 (B,): the class that is explained
    contrast: np.ndarray | None  # int64 (B,): the class that it is compared with, if any
    layer: str | None  # None if the image itself is explained
    passes: Passes

    @property
    def blank(self) -> np.ndarray:
        """bool (B,): nothing to see, the map is zero everywhere or not finite. A result, to be stated in words."""
        return ~np.isfinite(self.map).all(axis=(1, 2)) | (self.map == 0).all(axis=(1, 2))

    @property
    def blank_because(self) -> str:
        """What it means that maps are blank: half a sentence."""
        if not np.isfinite(self.map).all():
            return "the map has values that are not finite"
        return "the map is zero everywhere"

    @property
    def resolution(self) -> tuple[int, int]:
        """(h, w), the pixels that were measured; (1, 1) cannot show where."""
        return self.raw.shape[2], self.raw.shape[3]

    @property
    def total(self) -> np.ndarray:
        """float64 (B,): the sum of `raw`. For a complete method it equals the difference of logits to its baseline."""
        return self.raw.sum(axis=(1, 2, 3), dtype=np.float64)
