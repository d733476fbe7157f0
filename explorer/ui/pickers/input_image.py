"""The image that a page shows: a sampled one, or a visitor's own."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.data import InputSpec, network_input, open_image
from explorer.ui import cache, image_cache


@dataclass(frozen=True, kw_only=True)
class InputImage(ABC):
    """An image, before it is prepared for a network."""

    is_own: ClassVar[bool]  # a visitor's own, to be forgotten when they remove it
    name: str
    key: str  # different for different images; part of the cache key of everything computed from it
    label: str | None = None  # the true class if it is known
    letterbox: bool = False  # show networks the whole image, not only its middle

    @abstractmethod
    def prepared(self, spec: InputSpec) -> np.ndarray:
        """uint8 (C, H, W): the input of a network that takes `spec`."""


@dataclass(frozen=True, kw_only=True)
class SampledImage(InputImage):
    """An image of a data set."""

    is_own = False
    pixels: np.ndarray  # uint8 (C, H, W)

    def prepared(self, spec: InputSpec) -> np.ndarray:
        """In the size and channels of `spec`, otherwise unchanged."""
        return network_input(self.pixels, spec)


@dataclass(frozen=True, kw_only=True)
class OwnImage(InputImage):
    """A visitor's own image: a file, a drawing or a photo."""

    is_own = True
    content: bytes
    remarks: tuple[str, ...] = ()  # what was decided in order to show it

    def prepared(self, spec: InputSpec) -> np.ndarray:
        """Cut out, cropped or letterboxed as `spec` requires."""
        return _prepared(self, spec)

    def small(self, side: int) -> np.ndarray:
        """The original image, uint8 (H, W, 3), at most `side` pixels a side."""
        return _small(self, side)


def _key(image: InputImage) -> str:
    return image.key


BY_IMAGE = cache.keys() | {SampledImage: _key, OwnImage: _key}  # `hash_funcs` for functions of an image


@image_cache.of_own(hash_funcs=BY_IMAGE)
def _prepared(image: OwnImage, spec: InputSpec) -> np.ndarray:
    return network_input(open_image(image.content), spec, image.letterbox)


@image_cache.of_own(hash_funcs=BY_IMAGE)
def _small(image: OwnImage, side: int) -> np.ndarray:
    opened = open_image(image.content).convert("RGB")
    opened.thumbnail((side, side))
    return np.asarray(opened)
