"""Reads an image file of any kind, by its content and not by its extension; otherwise one sentence says why not."""

import io
import math
import os
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.data.apart import decode_apart
from explorer.data.frames import turn_to_first_with_content
from explorer.data.quiet import quiet
from explorer.data.transparency import laid_out
from explorer.errors import UserError

MAX_BYTES = 20 * 1024**2
MAX_PIXELS = 50_000_000
ENOUGH = 2000  # pixels a side: larger images are reduced at once, so that only a few megabytes are held
MAX_SCANNED = 20 * MAX_PIXELS  # pixels × scans of a JPEG; a photo has 1 to 12 scans, one made to last has thousands
MIN_SIDE, MAX_SIDE = 8, 30_000  # pixels
MAX_TEXT = 1024**2  # bytes of a PPM that writes its pixels as text: Pillow reads a megabyte a second
# Other formats are refused unread, because Pillow executes some of them.
COMMON = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
RARE = ("TIFF", "PPM", "AVIF")  # decoded in a separate process
_TIFF = (b"*\0", b"\0*", b"+\0", b"\0+")  # after the byte order mark: 42, or 43 for a large file
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}  # ISO/IEC 23008-12, brands of HEVC
AVIF = {b"avif", b"avis"}
# Pillow's exceptions for files that are cut short or made up.
BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, ZeroDivisionError,
    MemoryError, RuntimeError, AssertionError, struct.error, zlib.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """An image, and what was decided in order to show it."""

    image: Image.Image  # RGB, upright
    remarks: tuple[str, ...] = ()  # sentences: which frame was used, on which background a transparent image was placed


def open_image(source: bytes | str | Path, name: str = "The file") -> Image.Image:
    """The image in a file, or in a file's bytes: RGB, upright. Raises UserError like `open_with_remarks`."""
    return open_with_remarks(source, name).image


def open_with_remarks(source: bytes | str | Path, name: str = "The file") -> Opened:
    """`open_image`, with remarks. Of several frames the first that is not blank; a transparent image on white, or on
    black if it would be invisible on white.

    Above 4 million pixels it is reduced by a whole factor. Raises UserError if it is not an image, is damaged, or
    exceeds 20 MB or 50 million pixels (checked before it is decoded). `name`: of the bytes, for the error message.
    """
    name, content = (name, source) if isinstance(source, bytes) else (f"'{source}'", _content(Path(source)))
    return _read(content, name)


def is_image_file(path: str | Path) -> bool:
    """Whether a file begins like an image that can be read here, whatever its extension; it is not decoded."""
    if not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file, quiet():
            if _brands(file.read(256)) & {*HEIC, *AVIF}:
                return True
            file.seek(0)
            with Image.open(file, formats=(*COMMON, "TIFF", "PPM")):  # Python reads their headers
                return True
    except BROKEN:
        return False


def decode(content: bytes, name: str, enough: int | None = None) -> Image.Image:
    """`open_image` for bytes. `name` is for messages.

    `enough`: a JPEG may be reduced, with sides of at least `enough` pixels, which is many times faster. Raises
    UserError like `open_with_remarks`.
    """
    return _read(content, name, enough).image


def _read(content: bytes, name: str, enough: int | None = None) -> Opened:
    _check_bytes(content, name)
    if _is_rare(content):
        return Opened(*decode_apart(content, name, enough))
    return decode_here(content, name, enough)


def _is_rare(content: bytes) -> bool:
    """Whether it begins like a TIFF, a Netpbm file or an ISO base media file such as AVIF and HEIC."""
    tiff = content[:2] in (b"II", b"MM") and content[2:4] in _TIFF
    return tiff or content[4:8] == b"ftyp" or re.match(rb"P[0-6fy]", content) is not None


def decode_here(content: bytes, name: str, enough: int | None = None) -> Opened:
    """Like `open_with_remarks` and `decode`, in this process, for any kind of image. Raises UserError like them."""
    with quiet():
        return _decoded(content, name, enough)


def _decoded(content: bytes, name: str, enough: int | None) -> Opened:
    image = _identified(content, name)
    _check_size(image, name)
    if content[:2] in (b"P1", b"P2", b"P3") and len(content) > MAX_TEXT:
        raise UserError(f"{name} has more than {MAX_TEXT // 1024**2} MB of pixels in text form: save it as PNG.")
    width, height = image.size
    scans = content.count(b"\xff\xda") if image.format in ("JPEG", "MPO") else 1
    if scans * width * height > MAX_SCANNED:
        raise UserError(f"{name} would be decoded {scans} times over: save it again as PNG or JPEG.")
    try:
        image.draft(None, (enough or ENOUGH, enough or ENOUGH))
        image.load()
        frame = turn_to_first_with_content(
            image, lambda frame: _shown(frame)[0], lambda frame: _check_size(frame, name)
        )
        ImageOps.exif_transpose(image, in_place=True)
        shown, background = _shown(image)
    except UserError:
        raise
    except BROKEN as error:
        raise UserError(f"{name} is damaged or incomplete: save it again as PNG or JPEG.") from error
    return Opened(shown, tuple(filter(None, (frame, background))))


def _check_bytes(content: bytes, name: str) -> None:
    if not content:
        raise UserError(f"{name} is an empty file: choose another.")
    if len(content) > MAX_BYTES:
        raise UserError(f"{name} has more than {MAX_BYTES // 1024**2} MB: make it smaller.")


def _identified(content: bytes, name: str) -> Image.Image:
    """The image, not yet decoded."""
    try:
        return Image.open(io.BytesIO(content), formats=_formats(content, name))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UserError(f"{name} has more than {MAX_PIXELS // 10**6} million pixels: make it smaller.") from error
    except UserError:
        raise
    except BROKEN as error:
        raise UserError(
            f"{name} cannot be read as an image: use a PNG, JPEG, WebP, AVIF, GIF, TIFF or BMP file."
        ) from error


def _formats(content: bytes, name: str) -> tuple[str, ...]:
    """The formats that the content may have. HEIC needs the extra pillow-heif, a separate decoder library."""
    brands = _brands(content)
    if brands & HEIC and not brands & AVIF:
        try:
            from pillow_heif import register_heif_opener
        except ImportError as error:
            raise UserError(
                f"{name} is a HEIC photo, which needs the optional package `heic`: install it with `pip install "
                f"pillow-heif`, or "
                "save the photo as JPEG."
            ) from error
        register_heif_opener(thumbnails=False)
        return ("HEIF",)
    return RARE if _is_rare(content) else COMMON


def _brands(content: bytes) -> set[bytes]:
    """The brands in the first box of an ISO base media file; else empty. ISO/IEC 14496-12, section 4.3."""
    if content[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(content[:4], "big"), 256)
    return {content[8:12], *(content[offset : offset + 4] for offset in range(16, end, 4))}


def _check_size(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UserError(f"{name} has {width} × {height} pixels, over {MAX_PIXELS // 10**6} million: make it smaller.")
    if min(width, height) < MIN_SIDE:
        raise UserError(f"{name} has {width} × {height} pixels: a side needs at least {MIN_SIDE}.")
    if max(width, height) > MAX_SIDE:
        raise UserError(f"{name} has {width} × {height} pixels: a side may have at most {MAX_SIDE}.")


def _content(file: Path) -> bytes:
    if not file.is_file():
        problem = "is not a file" if file.exists() else "does not exist"
        raise UserError(f"'{file}' {problem}: give the path of an image file.")
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"Cannot read '{file}' ({error.strerror}): make it readable, or choose another.") from error


def _modest(image: Image.Image) -> Image.Image:
    """Reduced by a whole factor to at most about 4 million pixels; strips are left unchanged."""
    width, height = image.size
    factor = min(math.ceil((width * height / ENOUGH**2) ** 0.5), min(width, height) // ENOUGH + 1)
    if factor == 1:
        return image
    if image.mode.startswith("I;16"):
        image = image.convert("I")
    elif image.mode in ("1", "P", "PA"):  # the mean of two palette indices is not a colour
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.reduce(factor)


def _shown(image: Image.Image) -> tuple[Image.Image, str | None]:
    """Any mode as RGB, and a remark: 16 bits are scaled to 8 (Pillow clips them), transparency is placed on a
    background."""
    image = _modest(image)
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        levels = np.asarray(image).astype(np.float64)
        levels[~np.isfinite(levels)] = 0
        image = Image.fromarray(np.rint(255 * _scaled(levels, image.mode)).astype(np.uint8))
    return laid_out(image)


def _scaled(levels: np.ndarray, mode: str) -> np.ndarray:
    """Scaled to [0, 1]. Integers are divided by 65535, floats by 1 or 255, whichever holds them; else by their own
    range."""
    low, high = levels.min(), levels.max()
    for limit in (1, 255) if mode == "F" else (65535,):
        if low >= 0 and high <= limit:
            return levels / limit
    return (levels - low) / max(high - low, 1e-9)
