"""How similar two digits' strokes are, whatever pen wrote them: the directions of their edges, place by place.

Histograms of oriented gradients, Dalal and Triggs 2005, with smooth cells.
"""

import numpy as np

from explorer.data import unit_range

DIRECTIONS = 8
EDGE, CELL = 0.8, 1.5  # pixels: blur before the gradient is taken, and of the histograms (standard deviations)


def directions(pixels: np.ndarray) -> np.ndarray:
    """uint8 (N, 1, H, W) → float32 (N, 8·H/2·W/2), length 1 each, 0 for a flat image.

    The product of two is their similarity, 0 to 1.
    """
    from scipy import ndimage

    smooth = ndimage.gaussian_filter(unit_range(pixels[:, 0]), (0, EDGE, EDGE))
    down, right = np.gradient(smooth, axis=(1, 2))
    steepness, angle = np.hypot(down, right), np.arctan2(down, right)
    cells = []
    for number in range(DIRECTIONS):
        share = np.cos(angle - 2 * np.pi * number / DIRECTIONS).clip(0) ** 2
        cells.append(ndimage.gaussian_filter(steepness * share, (0, CELL, CELL))[:, ::2, ::2].reshape(len(pixels), -1))
    vectors = np.concatenate(cells, axis=1)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-6)
