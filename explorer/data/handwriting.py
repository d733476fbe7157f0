"""Cuts a handwritten digit out of a photo: removes shadows, ruled lines and specks, and keeps the strokes.

Grey is float (H, W) in [0, 1], 1 is white. Ink is float (H, W) in [0, 1], 1 is a full stroke, paper is exactly 0.
"""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.data.ink import LAYOUTS, extent, fit, laid_out, mnist_layout, thicker
from explorer.data.levels import grey_levels
from explorer.data.ruled_lines import without_rules
from explorer.errors import UserError

SMALL = 40  # pixels: an image up to this size may be a digit that has been cut out already
LARGE = 400  # pixels: the longer side at which a photo is searched
FAINT = 0.1  # traces that JPEG leaves on an even background
WINDOW = 0.25  # of the shorter side: narrower things are strokes, wider ones are paper or shadow
FINE = 0.04  # of the shorter side: the strokes of a pen are narrower
CONTRAST = 0.15  # ink reflects at least this share less light than the paper around it
SPECK = 0.08  # of the largest piece of ink: smaller pieces are dirt
EXTENT = 0.1  # of the shorter side: a digit has a piece at least this long
INSIDE = 0.15  # of the shorter side: if there is ink of this length inside, what touches the border is table or margin
OUTSIDE = 0.45  # the contrast that ink needs where it touches the border: light that falls off reaches 0.4 there
SHEET = 0.3  # in grey: a sheet of paper is at least this much lighter than the table around it
WEAK = 0.75  # of the threshold for ink: as dark as that, and connected to ink, is ink too
PEN = 0.08  # stroke width over the digit's longer side; thinner ones are thickened (MNIST: mean 0.11, 5 % below 0.07)


def digit_page(image: Image.Image, dataset: str) -> np.ndarray:
    """The digit on `image` as the data set named `dataset` would show it: uint8 (32, 32), light on black.

    Raises UserError if no ink is found.
    """
    ink = already_cut_out(grey_levels(image))
    if ink is not None:
        return laid_out(ink)
    traced = trace(image)
    if traced is None:
        raise UserError("No ink found: use an image of one large digit, dark on light or light on dark.")
    return LAYOUTS.get(dataset, mnist_layout)(_with_a_good_pen(traced.ink))


def already_cut_out(grey: np.ndarray) -> np.ndarray | None:
    """The ink of a small image on an even background, such as an MNIST digit, unchanged; None if `grey` is not such an
    image."""
    if max(grey.shape) > SMALL:
        return None
    ink = 1 - grey if background(grey) > 0.5 else grey
    edge = border(ink)
    if np.percentile(edge, 75) > FAINT or ink.max() < 0.5:
        return None
    return np.where(ink > edge[edge <= FAINT].max(), ink, 0)


@dataclass(frozen=True)
class Trace:
    """The handwriting on a photo, and what surrounds it. All arrays are (H, W), 100 to 400 pixels a side."""

    grey: np.ndarray  # float, dark on light
    darkness: np.ndarray  # float: the share of the paper's light that a pixel lacks
    strokes: np.ndarray  # bool: the digit's
    printed: np.ndarray  # bool: ruled lines
    full: float  # the darkness of a full stroke

    @property
    def ink(self) -> np.ndarray:
        """float in [0, 1]"""
        from scipy import ndimage

        return np.where(ndimage.binary_dilation(self.strokes), (self.darkness / self.full).clip(0, 1), 0)


def trace(image: Image.Image) -> Trace | None:
    """The strokes on a photo, dark on light or light on dark; None if there are none."""
    from scipy import ndimage

    grey = _dark_on_light(grey_levels(at_working_size(image.convert("L"))))
    dark = _darkness(ndimage.gaussian_filter(grey, max(grey.shape) / LARGE))
    typical = np.median(dark)
    noise = typical + 5 * 1.48 * np.median(np.abs(dark - typical))  # 5 standard deviations, if it is Gaussian
    candidates = dark[dark > max(noise, CONTRAST / 2)]
    if not len(candidates):
        return None
    strong = otsu(candidates)
    marks = dark > max(noise, WEAK * strong)
    written = without_rules(marks)
    strokes = _pieces(written, np.where(dark > strong, dark, 0))
    if not strokes.any():
        return None
    full = np.median(dark[strokes & (dark > strong)])
    return Trace(grey, dark, strokes, marks & ~written, float(full)) if full >= CONTRAST else None


def is_light_on_dark(grey: np.ndarray) -> bool:
    """Whether the paper, seen at the border, is nearer to the darkest than to the lightest parts."""
    paper = background(grey)
    return np.percentile(grey, 99.8) - paper > paper - np.percentile(grey, 0.2)


def background(grey: np.ndarray) -> float:
    """The brightness at the border of an image, the median."""
    return float(np.median(border(grey)))


def border(grey: np.ndarray, depth: int | None = None) -> np.ndarray:
    """The outermost `depth` rows and columns, by default 4 % of the shorter side; (N,)."""
    depth = depth or max(1, round(0.04 * min(grey.shape)))
    outside = np.ones(grey.shape, bool)
    outside[depth:-depth, depth:-depth] = False
    return grey[outside]


def otsu(values: np.ndarray) -> float:
    """The threshold that splits `values`, floats (N,) in [0, 1], into the two tightest groups. Otsu 1979."""
    counts, edges = np.histogram(values, bins=256, range=(0, 1))
    centres = (edges[1:] + edges[:-1]) / 2
    below = counts.cumsum()[:-1]
    above = len(values) - below
    sums = (counts * centres).cumsum()
    lower, upper = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1:-1][np.argmax(below * above * (upper - lower) ** 2)])


def stroke_width(ink: np.ndarray) -> float:
    """In pixels: the mean, along the middle of the strokes, of twice the distance to paper."""
    from scipy import ndimage

    distance = ndimage.distance_transform_edt(np.pad(ink > 0.5, 1))
    middle = (distance > 0) & (distance >= ndimage.maximum_filter(distance, size=3))
    return float(2 * distance[middle].mean() - 1) if middle.any() else 0.0


def at_working_size(image: Image.Image) -> Image.Image:
    """Scales the longer side to between LARGE / 3 and LARGE pixels, unless it is already."""
    longer = max(image.size)
    wanted = min(max(longer, LARGE // 3), LARGE)
    if longer == wanted:
        return image
    width, height = (max(4, round(side * wanted / longer)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3)


def _dark_on_light(grey: np.ndarray) -> np.ndarray:
    """Chalk on a board is inverted; for a sheet of paper on a dark table, only the sheet, with paper all around it."""
    if not is_light_on_dark(grey):
        return grey
    sheet = _sheet(grey)
    return 1 - grey if sheet is None else np.where(sheet, grey, np.median(grey[sheet]))


def _sheet(grey: np.ndarray) -> np.ndarray | None:
    """The lightest piece that is too wide for a stroke, without its edge, bool (H, W); None if there is none."""
    from scipy import ndimage

    light = grey > otsu(grey.ravel())
    unwritten = ndimage.grey_closing(light.astype(np.uint8), size=_window(grey, FINE))
    wide = ndimage.grey_opening(unwritten, size=_window(grey, WINDOW)) > 0
    wide &= light
    if not wide.any() or np.median(grey[wide]) - np.median(grey[~light]) < SHEET:
        return None
    labels, _ = ndimage.label(light)
    largest = np.bincount(labels[wide]).argmax()
    sheet = ndimage.binary_erosion(ndimage.binary_fill_holes(labels == largest), iterations=4)
    return sheet if sheet.any() else None


def _window(grey: np.ndarray, share: float) -> tuple[int, int]:
    """A square with that share of the shorter side, an odd number of pixels."""
    side = 2 * int(share * min(grey.shape) / 2) + 1
    return side, side


def _darkness(grey: np.ndarray) -> np.ndarray:
    """The share of the paper's light that each pixel lacks, in [0, 1], under any light.

    The paper is the morphological closing: strokes narrower than the window vanish from it, a shadow keeps its edge.
    """
    from scipy import ndimage

    paper = ndimage.grey_closing(grey, size=_window(grey, WINDOW), mode="nearest")
    return 1 - grey / np.maximum(paper, 1 / 255)


def _pieces(mask: np.ndarray, core: np.ndarray) -> np.ndarray:
    """The pieces of `mask`, bool (H, W), that belong to the digit: no specks, and not the table's edge; empty if all
    are short.

    `core`: the darkness of what is certainly ink, else 0; (H, W).
    """
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    area = np.bincount(labels[mask], core[mask] > 0, minlength=count + 1)
    darkest = np.zeros(count + 1)
    np.maximum.at(darkest, labels[mask], core[mask])  # ndimage.maximum would sort the whole image
    boxes = ndimage.find_objects(labels)
    length = np.array([0, *(max(axis.stop - axis.start for axis in box) for box in boxes)]) / min(mask.shape)
    outside = np.isin(range(count + 1), border(labels, 1))
    area[outside & (darkest < OUTSIDE)] = 0
    if (~outside & (area > 0) & (length > INSIDE)).any():
        area[outside] = 0
    digit = area > SPECK * area.max()
    return (digit & (length[digit].max(initial=0) >= EXTENT))[labels]


def _with_a_good_pen(ink: np.ndarray) -> np.ndarray:
    """Thin strokes thickened: shrunk to 20 pixels, those of a ball pen would fade to grey."""
    side = 80
    page = np.pad(fit(ink[extent(ink)], side), side // 10)
    for _ in range(math.ceil((PEN * side - stroke_width(page)) / 2)):
        page = thicker(page)
    return page
