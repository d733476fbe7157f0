"""What surrounds the ink that was cut out of an image: on a page with one digit, almost nothing."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.data.handwriting import LARGE, Trace, already_cut_out, at_working_size, trace
from explorer.data.ink import extent, fit
from explorer.data.levels import grey_levels

NEAR = 0.2  # of the ink's longer side: anything farther away is the table, or another thing
EDGE_OF_INK = 0.015  # of the image's longer side: anything closer to a stroke is its edge
DARK = 0.3  # of the ink's darkness
AS_INK = 0.8  # of the way from the paper's grey to the ink's
STEEP = 0.5  # of the ink's own edges
SIDE = 80  # pixels: the longer side at which the ink's shape is measured
THING = 0.15  # of the ink: a smaller piece is a speck, not a thing


@dataclass(frozen=True)
class InkPage:
    """Measures of an image from which ink was cut out. Near the ink means within 0.2 of its longer side."""

    clutter: float  # the area near the ink that is dark too, and no ink, over the ink's own
    edges: float  # of the edges near the ink, at least half as steep as its own: the share that are not its own
    colour: float  # standard deviation of the background's chromaticity near the ink
    things: int  # pieces of ink side by side
    width: float  # of the widest stroke, over the longer side of the ink
    aspect: float  # the ink's width over its height


def ink_page(image: Image.Image) -> InkPage | None:
    """None for an image without ink, or for a small one that shows nothing but ink: a data set's own image."""
    from scipy import ndimage

    if already_cut_out(grey_levels(image)) is not None:
        return None
    traced = trace(image)
    if traced is None:
        return None
    longer = max(traced.grey.shape)
    strokes = ndimage.binary_dilation(traced.strokes, iterations=max(2, round(EDGE_OF_INK * longer)))
    other = ~strokes & ~ndimage.binary_dilation(traced.printed, iterations=3)
    near = _near(traced.strokes)
    background = other & near if (other & near).any() else ~strokes
    slope = ndimage.gaussian_gradient_magnitude(traced.grey, 1.5 * longer / LARGE)
    steep = near & (slope > STEEP * np.quantile(slope[strokes], 0.9))
    chroma = _chromaticity(at_working_size(image), 1.5 * longer / LARGE)
    things, width, aspect = _shape(traced.ink)
    return InkPage(
        clutter=float(_dark(traced, background).sum() / traced.strokes.sum()),
        edges=float((steep & other).sum() / max(1, (steep & (strokes | other)).sum())),
        colour=float(np.sqrt(chroma[background].var(axis=0).sum())),
        things=things,
        width=width,
        aspect=aspect,
    )


def _dark(traced: Trace, background: np.ndarray) -> np.ndarray:
    """Which pixels of `background`, bool (H, W), are dark too: bool (N,). Compared with the paper around each, or
    almost as dark as the ink itself, since the first does not detect what is wider than a stroke."""
    grey = traced.grey[background]
    paper, ink = np.quantile(grey, 0.9), np.median(traced.grey[traced.strokes])
    return (traced.darkness[background] > DARK * traced.full) | (grey < paper - AS_INK * (paper - ink))


def _near(strokes: np.ndarray) -> np.ndarray:
    """The rectangle around the ink, bool (H, W)."""
    box = extent(strokes)
    reach = int(NEAR * max(axis.stop - axis.start for axis in box))
    near = np.zeros(strokes.shape, bool)
    near[tuple(slice(max(0, axis.start - reach), axis.stop + reach) for axis in box)] = True
    return near


def _chromaticity(image: Image.Image, blur: float) -> np.ndarray:
    """Colour without brightness, float (H, W, 2): differences of red, green and blue over their sum."""
    from scipy import ndimage

    rgb = ndimage.gaussian_filter(np.asarray(image.convert("RGB")) / 255, (blur, blur, 0))
    red, green, blue = np.moveaxis(rgb, -1, 0)
    return np.stack([red - green, green - blue], axis=-1) / (rgb.sum(axis=-1, keepdims=True) + 0.15)


def _shape(ink: np.ndarray) -> tuple[int, float, float]:
    """Things, width and aspect of InkPage."""
    from scipy import ndimage

    mask = np.pad(fit(ink[extent(ink > 0.3)], SIDE), 2) > 0.4
    labels, count = ndimage.label(mask.any(axis=0))
    areas = np.array([mask[:, labels == number].sum() for number in range(1, count + 1)])
    rows, columns = extent(mask)
    things = int((areas > THING * areas.sum()).sum())
    width = float((2 * ndimage.distance_transform_edt(mask).max() - 1) / SIDE)
    return things, width, (columns.stop - columns.start) / (rows.stop - rows.start)
