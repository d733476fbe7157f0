"""A photo cropped or letterboxed to the square input of a network."""

import numpy as np
from PIL import Image, ImageOps

LONGEST = 8  # times the shorter side


def letterboxed(image: Image.Image, side: int) -> Image.Image:
    """All of `image` in the middle of a square of `side` pixels; RGB. The bars have its mean colour, which makes the
    weakest possible edge."""
    longer = max(image.size)
    width, height = (max(1, round(side * length / longer)) for length in image.size)
    inside = image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3)
    mean = tuple(round(level) for level in np.asarray(inside).mean(axis=(0, 1)))
    square = Image.new("RGB", (side, side), mean)
    square.paste(inside, ((side - width) // 2, (side - height) // 2))
    return square


def centre_square(image: Image.Image, size: int) -> np.ndarray:
    """The largest square in the middle of `image` (grey or RGB), resized: uint8 (C, size, size)."""
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    if (width, height) != (size, size):
        square = image.crop((left, top, left + side, top + side))
        image = square.resize((size, size), Image.Resampling.BICUBIC, reducing_gap=3)
    pixels = np.asarray(image).reshape(size, size, -1)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def resized_middle(image: Image.Image, resize: int, size: int) -> np.ndarray:
    """The shorter side scaled to `resize` pixels, then the middle: uint8 (3, size, size).

    Equal to the bit to `torchvision.transforms._presets.ImageClassification`, before it normalises.
    """
    image = image.convert("RGB")
    short, long = sorted(image.size)
    if long > LONGEST * short:  # a strip would become an image of a hundred million pixels
        width, height = (min(side, LONGEST * short) for side in image.size)
        image = ImageOps.fit(image, (width, height))
    width, height = (int(resize * side / short) for side in image.size)
    image = image.resize((width, height), Image.Resampling.BILINEAR)
    left, top = (round((side - size) / 2) for side in image.size)
    return np.ascontiguousarray(np.asarray(image.crop((left, top, left + size, top + size))).transpose(2, 0, 1))
