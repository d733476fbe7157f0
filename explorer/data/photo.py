"""A person's picture: read whatever it is, or say in one sentence why not; then made into what a network takes."""

import io
import math
import struct
import threading
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.data.handwriting import digit_page, ground
from explorer.data.ink import FIELD, PAGE, extent, fit
from explorer.errors import UserError

MAX_BYTES = 20 * 1024**2
MAX_PIXELS = 50_000_000
ENOUGH = 2000  # pixels a side: larger pictures are made smaller at once, so that few megabytes are ever held
MAX_SCANNED = 20 * MAX_PIXELS  # pixels × scans of a JPEG; a photo has 1 to 12 scans, one made to last has thousands
MIN_SIDE, MAX_SIDE = 8, 30_000  # pixels
MAX_TEXT = 1024**2  # bytes of a PPM that writes its pixels as text: Pillow reads a megabyte a second
LONGEST = 8  # times the shorter side
FORMATS = "PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "PPM"  # others are refused unread: Pillow hands some to programs
# What Pillow raises on files that are cut short or made up.
BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, ZeroDivisionError,
    MemoryError, RuntimeError, AssertionError, struct.error, zlib.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
_QUIET = threading.Lock()  # Python's list of ignored warnings is one for all threads


def open_image(source: bytes | str | Path, name: str = "The file") -> Image.Image:
    """The picture in a file, or in a file's bytes: RGB, upright, its first frame, on white where it is transparent.

    Above 4 million pixels it comes smaller, by a whole factor. UserError if it is no picture, a broken one, or one
    beyond 20 MB or 50 million pixels (asked before it is decoded). `name` of the bytes, for that sentence.
    """
    name, content = (name, source) if isinstance(source, bytes) else (f"'{source}'", _content(Path(source)))
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow remarks on odd metadata
        return decode(content, name)


def decode(content: bytes, name: str, enough: int | None = None) -> Image.Image:
    """`open_image` of bytes, without its guard against warnings. `name` is for messages.

    `enough`: a JPEG may come smaller, its sides at least `enough` pixels; that is read many times faster.
    """
    if not content:
        raise UserError(f"{name} is an empty file: choose another.")
    if len(content) > MAX_BYTES:
        raise UserError(f"{name} has more than {MAX_BYTES // 1024**2} MB: make it smaller.")
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError(f"{name} has more than {MAX_PIXELS // 10**6} million pixels: make it smaller.") from error
    except BROKEN as error:
        raise UserError(f"{name} cannot be read as a picture: use a PNG, JPEG, WebP, GIF, TIFF or BMP file.") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UserError(f"{name} has {width} × {height} pixels, over {MAX_PIXELS // 10**6} million: make it smaller.")
    if min(width, height) < MIN_SIDE:
        raise UserError(f"{name} has {width} × {height} pixels: a side needs at least {MIN_SIDE}.")
    if max(width, height) > MAX_SIDE:
        raise UserError(f"{name} has {width} × {height} pixels: a side may have at most {MAX_SIDE}.")
    if content[:2] in (b"P1", b"P2", b"P3") and len(content) > MAX_TEXT:
        raise UserError(f"{name} has more than {MAX_TEXT // 1024**2} MB of pixels written as text: save it as PNG.")
    scans = content.count(b"\xff\xda") if image.format in ("JPEG", "MPO") else 1
    if scans * width * height > MAX_SCANNED:
        raise UserError(f"{name} would be decoded {scans} times over: save it again as PNG or JPEG.")
    try:
        image.draft(None, (enough or ENOUGH, enough or ENOUGH))
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        return _rgb(_modest(image))
    except BROKEN as error:
        raise UserError(f"{name} is damaged or incomplete: save it again as PNG or JPEG.") from error


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


def _content(file: Path) -> bytes:
    if not file.is_file():
        problem = "is no file" if file.exists() else "does not exist"
        raise UserError(f"'{file}' {problem}: give the path of a picture file.")
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"Cannot read '{file}' ({error.strerror}): make it readable, or choose another.") from error


def _modest(image: Image.Image) -> Image.Image:
    """Made smaller by a whole factor, so that it has at most about 4 million pixels; strips are left as they are."""
    width, height = image.size
    factor = min(math.ceil((width * height / ENOUGH**2) ** 0.5), min(width, height) // ENOUGH + 1)
    if factor == 1:
        return image
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    elif image.mode in ("1", "P", "PA"):  # the mean of two numbers of colours is no colour
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.reduce(factor)


def _rgb(image: Image.Image) -> Image.Image:
    """Any mode to RGB: 16 bits scaled to 8 (Pillow clips them), transparency on white."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        levels = np.asarray(image).astype(np.float64)
        levels[~np.isfinite(levels)] = 0
        image = Image.fromarray(np.rint(255 * _scaled(levels, image.mode)).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _scaled(levels: np.ndarray, mode: str) -> np.ndarray:
    """To [0, 1]. Integers are out of 65535, floats out of 1 or 255, whichever holds them; else by their own extent."""
    low, high = levels.min(), levels.max()
    for limit in (1, 255) if mode == "F" else (65535,):
        if low >= 0 and high <= limit:
            return levels / limit
    return (levels - low) / max(high - low, 1e-9)


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
