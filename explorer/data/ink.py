"""One layout for every handwritten digit, so that a photo, a scikit-learn digit and an MNIST digit look alike.

Ink is float (H, W) in [0, 1], 1 is a full stroke, paper is exactly 0.
"""

import numpy as np
from PIL import Image

BOX = 20  # pixels: the longer side of a digit in MNIST
FIELD = 28  # pixels: the side of an MNIST image
PADDING = 2  # pixels of black on every side, to the 32 × 32 of all data sets
PAGE = FIELD + 2 * PADDING
MARGIN = 3  # pixels of black around the crop while resizing, so that strokes at its edge fade as the others do
DIGITS_INK = 0.27  # how dark an 8 × 8 digit is on average; the data set's mean is 0.31, and 0.27 was recognised best


def mnist_layout(ink: np.ndarray) -> np.ndarray:
    """The digit as in MNIST: fitted to 20 × 20 keeping its aspect, its centre of mass in the middle, on 32 × 32.

    Needs some ink. Returns uint8 (32, 32), light on black. An MNIST digit stays unchanged. LeCun et al. 1998,
    "Gradient-based learning applied to document recognition", section III.A: 20 × 20 box, centre of mass at the centre
    of 28 × 28; then 2 pixels of black.
    """
    return centred(fit(ink[extent(ink)], BOX))


def laid_out(ink: np.ndarray) -> np.ndarray:
    """`mnist_layout` for a digit that has this layout already: it is not resized again, although its faint edges are
    lost."""
    digit = ink[extent(ink)]
    return centred(digit) if BOX - 3 <= max(digit.shape) <= BOX else mnist_layout(digit)


def centred(digit: np.ndarray) -> np.ndarray:
    """Ink of at most 20 × 20 on black, its centre of mass in the middle; uint8 (32, 32)."""
    (height, width), (top, left) = digit.shape, (_offset(digit, axis) for axis in (0, 1))
    page = np.zeros((PAGE, PAGE), np.uint8)
    page[top : top + height, left : left + width] = np.rint(digit * 255)
    return page


def digits_layout(ink: np.ndarray) -> np.ndarray:
    """The digit as in the digits data set, uint8 (32, 32): pressed into 20 × 32, strokes thickened, counted in blocks
    of 4 × 4, only then laid out as MNIST. Alpaydin and Kaynak 1998, who prepared theirs with NIST's programs."""
    digit = ink[extent(ink)]
    width = round(np.clip(digit.shape[1] * 32 / digit.shape[0], 4, 20))
    left = (32 - width) // 2
    page = np.zeros((32, 32))
    page[:, left : left + width] = resize(digit, width, 32)
    for _ in range(4):
        if page.mean() >= DIGITS_INK:
            break
        page = thicker(page)
    return mnist_layout(page.reshape(8, 4, 8, 4).mean(axis=(1, 3)))


# Where a data set's digits differ slightly from MNIST's. A network trained on digits recognises 74 % of 1,000 MNIST
# digits in MNIST's layout and 83 % in this one (mean of 3 networks).
LAYOUTS = {"digits": digits_layout}


def extent(mask: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of the smallest rectangle that contains all of `mask`: (H, W), true or positive somewhere."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def fit(ink: np.ndarray, side: int) -> np.ndarray:
    """Resized so that the longer side is `side` pixels; unchanged if it has that size."""
    height, width = ink.shape
    scale = side / max(height, width)
    return ink if scale == 1 else resize(ink, max(1, round(width * scale)), max(1, round(height * scale)))


def resize(ink: np.ndarray, width: int, height: int) -> np.ndarray:
    """Smoothly, float (height, width) in [0, 1]."""
    padded = Image.fromarray(np.pad(ink, MARGIN).astype(np.float32))
    inside = MARGIN, MARGIN, MARGIN + ink.shape[1], MARGIN + ink.shape[0]
    return np.asarray(padded.resize((width, height), Image.Resampling.BICUBIC, box=inside)).clip(0, 1)


def thicker(ink: np.ndarray) -> np.ndarray:
    """Every stroke a pixel wider on all four sides, within the same (H, W)."""
    padded = np.pad(ink, 1)
    return np.maximum.reduce([ink, padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]])


def _offset(digit: np.ndarray, axis: int) -> int:
    """Where the digit starts along `axis` so that its centre of mass is on pixel 14 of 28, as in MNIST's files."""
    profile = digit.sum(axis=1 - axis)
    centre = (profile * np.arange(len(profile))).sum() / profile.sum()
    return min(max(0, PADDING + round(FIELD / 2 - centre)), PAGE - digit.shape[axis])
