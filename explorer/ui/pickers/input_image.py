"""The image that a page looks at, sampled or a person's own."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.data import InputSpec, network_input, open_image
from explorer.ui import cache, image_cache


@dataclass(frozen=True, kw_only=True)
class InputImage(ABC):
    """An image, before it is prepared for a network."""

    is_own: ClassVar[bool]  # a person's, to be forgotten with them
    name: str
    key: str  # different for different images: part of the key of what is computed from it
    label: str | None = None  # the true class, where it is known
    letterbox: bool = False  # show networks all of an image, not its middle

    @abstractmethod
    def prepared(self, spec: InputSpec) -> np.ndarray:
        """uint8 (C, H, W): what a network that takes `spec` really sees."""


@dataclass(frozen=True, kw_only=True)
class SampledImage(InputImage):
    """One of a data set's."""

    is_own = False
    pixels: np.ndarray  # uint8 (C, H, W)

    def prepared(self, spec: InputSpec) -> np.ndarray:
        """Of the size and channels that `spec` says; else as it is."""
        return network_input(self.pixels, spec)


@dataclass(frozen=True, kw_only=True)
class OwnImage(InputImage):
    """A person's own: a file, a drawing or a photo."""

    is_own = True
    content: bytes
    remarks: tuple[str, ...] = ()  # what had to be decided to show it

    def prepared(self, spec: InputSpec) -> np.ndarray:
        """Cut out, cropped or letterboxed as `spec` says."""
        return _prepared(self, spec)

    def small(self, side: int) -> np.ndarray:
        """As it was handed in, uint8 (H, W, 3), at most `side` pixels a side."""
        return _small(self, side)


def _key(image: InputImage) -> str:
    return image.key


BY_IMAGE = cache.keys() | {SampledImage: _key, OwnImage: _key}  # `hash_funcs` of what is computed from an image


@image_cache.of_own(hash_funcs=BY_IMAGE)
def _prepared(image: OwnImage, spec: InputSpec) -> np.ndarray:
    return network_input(open_image(image.content), spec, image.letterbox)


@image_cache.of_own(hash_funcs=BY_IMAGE)
def _small(image: OwnImage, side: int) -> np.ndarray:
    opened = open_image(image.content).convert("RGB")
    opened.thumbnail((side, side))
    return np.asarray(opened)
