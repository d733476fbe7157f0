"""From any image to a network's input: `network_input` (uint8, to show), then `to_tensor` (to compute with)."""

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from explorer.data.garment import garment_page
from explorer.data.handwriting import digit_page
from explorer.data.input_spec import InputSpec
from explorer.data.levels import unit_range
from explorer.data.photo import centre_square, letterboxed, resized_middle

if TYPE_CHECKING:
    from torch import Tensor


def network_input(image: Image.Image | np.ndarray, spec: InputSpec, letterbox: bool = False) -> np.ndarray:
    """The input that a network with this `spec` gets from an image: uint8 (C, H, W).

    `image`: a file, photo or drawing, which is prepared as `spec` requires; or an image of a data set, uint8 (C, H, W),
    which is prepared already: at most its size and channels change. `letterbox`: the whole photo, between two bars.
    Raises UserError if no ink is found where a digit is to be cut out.
    """
    if isinstance(image, np.ndarray):
        return _fitted(image, spec)
    if spec.preparation == "photo":
        return _photo(image, spec, letterbox)
    page = digit_page(image, spec.name) if spec.preparation == "digit" else garment_page(image)
    if page.shape[0] != spec.size:
        page = np.asarray(Image.fromarray(page).resize((spec.size, spec.size), Image.Resampling.BICUBIC))
    return np.repeat(page[None], spec.channels, axis=0)


def to_tensor(pixels: np.ndarray) -> "Tensor":
    """uint8 pixels of any shape as network input, float32 in [0, 1]: a copy with the same shape."""
    import torch

    return torch.from_numpy(unit_range(pixels))


def _photo(image: Image.Image, spec: InputSpec, letterbox: bool) -> np.ndarray:
    """The middle, cut out as torchvision does for ImageNet if there is a `resize`, else the largest square."""
    if letterbox:
        image = letterboxed(image, spec.size)
    elif spec.resize:
        return resized_middle(image, spec.resize, spec.size)
    return centre_square(image.convert("L" if spec.channels == 1 else "RGB"), spec.size)


def _fitted(pixels: np.ndarray, spec: InputSpec) -> np.ndarray:
    """An image of a data set in another data set's size and channels."""
    if pixels.shape == spec.shape:
        return pixels
    image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    image = image.convert("L" if spec.channels == 1 else "RGB").resize((spec.size, spec.size))
    return np.asarray(image).reshape(spec.size, spec.size, spec.channels).transpose(2, 0, 1)
