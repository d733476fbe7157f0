"""Files that a command writes: their extension names their kind, and they are complete or absent."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import UserError

IMAGE_FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"},
    ".jpg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    ".webp": {"format": "WEBP", "lossless": True},
    ".tif": {"format": "TIFF", "compression": "tiff_lzw"},
    ".tiff": {"format": "TIFF", "compression": "tiff_lzw"},
    ".bmp": {"format": "BMP"},
}
ARRAYS: dict[str, dict[str, Any]] = {".npy": {}}


def check(option: str, file: Path, endings: dict) -> None:
    """Called before anything is computed. Raises UserError if `file` cannot be written, or is of a kind that the
    command cannot write."""
    if file.suffix.lower() not in endings:
        raise UserError(f"Cannot write '{file}': {option} takes a file that ends in {_either(endings)}.")
    if not file.absolute().parent.is_dir():
        raise UserError(f"The folder of {file} does not exist: create it, or choose another {option}.")
    if file.is_dir():
        raise UserError(f"'{file}' is a folder: give {option} the name of a file.")


def write_image(file: Path, pixels: np.ndarray) -> None:
    """`pixels`: uint8 (H, W, 3). Raises UserError if the file cannot be written."""
    from PIL import Image

    settings = IMAGE_FORMATS[file.suffix.lower()]
    _write(file, lambda content: Image.fromarray(pixels).save(content, **settings))


def write_array(file: Path, values: np.ndarray) -> None:
    """`values` of any shape, for `np.load`. Raises UserError if the file cannot be written."""
    _write(file, lambda content: np.save(content, values, allow_pickle=False))


def _write(file: Path, save: Callable[[io.BytesIO], None]) -> None:
    from explorer.runs.folder import write_atomically

    content = io.BytesIO()
    save(content)
    try:
        write_atomically(file, content.getvalue())
    except OSError as error:
        raise UserError(f"Cannot write '{file}' ({error.strerror}): choose another place.") from error


def _either(endings: dict) -> str:
    *most, last = endings
    return f"{', '.join(most)} or {last}" if most else last
