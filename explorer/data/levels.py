"""The 256 levels of 8 bits as numbers from 0 (black) to 1 (white)."""

import numpy as np
from PIL import Image


def unit_range(pixels: np.ndarray) -> np.ndarray:
    """uint8 of any shape → float32 in [0, 1], a copy: what networks compute with."""
    return pixels.astype(np.float32) / 255


def grey_levels(image: Image.Image) -> np.ndarray:
    """float64 (H, W) in [0, 1] for an image in any 8-bit mode: used to find ink and background."""
    return np.asarray(image.convert("L")) / 255
