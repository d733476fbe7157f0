"""A picture made into what a network takes."""

import numpy as np
from PIL import Image, ImageOps

from explorer.data.handwriting import digit_page, ground
from explorer.data.ink import FIELD, PAGE, extent, fit

LONGEST = 8  # times the shorter side


def network_input(image: Image.Image, like, letterbox: bool = False) -> np.ndarray:
    """What a network for data like `like` sees of `image`: uint8 (C, H, W).

    `like`: anything with name, channels, size and ink. Where `ink` is true the handwriting is cut out and laid out as
    the data set's own digits are. For fashion-mnist the garment is cut out of its plain ground, shown light on black.
    Where it has a `resize`, the middle is cut out as torchvision does it for ImageNet. Else the middle square is taken,
    resized, and made grey if `like` is; with `letterbox` all of the picture, between two bars.
    """
    resize = getattr(like, "resize", None)
    if letterbox and is_framed(like):
        image, resize = letterboxed(image, like.size), None
    if resize:
        return resized_middle(image, resize, like.size)
    if like.ink:
        page = digit_page(image, like.name)
    elif like.name == "fashion-mnist":
        page = _garment(image)
    else:
        return centre_square(image.convert("L" if like.channels == 1 else "RGB"), like.size)
    if page.shape[0] != like.size:
        page = np.asarray(Image.fromarray(page).resize((like.size, like.size), Image.Resampling.BICUBIC))
    return np.repeat(page[None], like.channels, axis=0)


def is_framed(like) -> bool:
    """Whether a picture is shown to such networks as it is, cropped or letterboxed; else a thing is cut out of it."""
    return not like.ink and like.name != "fashion-mnist"


def letterboxed(image: Image.Image, side: int) -> Image.Image:
    """All of `image` in the middle of a square of `side` pixels; RGB. The bars have its mean colour: the weakest edge
    that there can be."""
    longer = max(image.size)
    size = tuple(max(1, round(side * length / longer)) for length in image.size)
    inside = image.convert("RGB").resize(size, Image.Resampling.BICUBIC, reducing_gap=3)
    mean = tuple(round(level) for level in np.asarray(inside).mean(axis=(0, 1)))
    square = Image.new("RGB", (side, side), mean)
    square.paste(inside, tuple((side - length) // 2 for length in size))
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
    """The shorter side made `resize` pixels, then the middle: uint8 (3, size, size).

    To the bit what `torchvision.transforms._presets.ImageClassification` makes of `image`, before it normalises.
    """
    image = image.convert("RGB")
    short, long = sorted(image.size)
    if long > LONGEST * short:  # a strip would become a picture of a hundred million pixels
        image = ImageOps.fit(image, tuple(min(side, LONGEST * short) for side in image.size))
    image = image.resize(tuple(int(resize * side / short) for side in image.size), Image.Resampling.BILINEAR)
    left, top = (round((side - size) / 2) for side in image.size)
    return np.ascontiguousarray(np.asarray(image.crop((left, top, left + size, top + size))).transpose(2, 0, 1))


def _garment(image: Image.Image) -> np.ndarray:
    """A garment as Fashion-MNIST shows it: trimmed, the longer side 28, light on black, in the middle; uint8 (32, 32).

    Xiao et al. 2017, section 2. The paper sharpens too; a picture that comes from the data set is left as it is.
    """
    grey = np.asarray(image.convert("L")) / 255
    level = ground(grey)
    if level > 0.5:
        grey, level = 1 - grey, 1 - level
    differs = abs(grey - level) > 0.04
    garment = fit(grey[extent(differs)] if differs.any() else grey, FIELD)
    (height, width), (top, left) = garment.shape, ((PAGE - length) // 2 for length in garment.shape)
    page = np.zeros((PAGE, PAGE), np.uint8)
    page[top : top + height, left : left + width] = np.rint(garment * 255)
    return page
