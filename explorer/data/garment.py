"""A garment cut out of its plain background, as in Fashion-MNIST."""

import numpy as np
from PIL import Image

from explorer.data.handwriting import background
from explorer.data.ink import FIELD, PAGE, extent, fit
from explorer.data.levels import grey_levels


def garment_page(image: Image.Image) -> np.ndarray:
    """A garment as in Fashion-MNIST: trimmed, the longer side 28, light on black, centred; uint8 (32, 32).

    Xiao et al. 2017, section 2. The paper also sharpens; an image from the data set itself is left unchanged.
    """
    grey = grey_levels(image)
    level = background(grey)
    if level > 0.5:
        grey, level = 1 - grey, 1 - level
    differs = abs(grey - level) > 0.04
    garment = fit(grey[extent(differs)] if differs.any() else grey, FIELD)
    (height, width), (top, left) = garment.shape, ((PAGE - length) // 2 for length in garment.shape)
    page = np.zeros((PAGE, PAGE), np.uint8)
    page[top : top + height, left : left + width] = np.rint(garment * 255)
    return page
