"""Reading arrays from files that may have been cut short or changed."""

import tokenize
import warnings
import zipfile
import zlib
from typing import BinaryIO

import numpy as np

# numpy's exceptions for bytes that are not an array: its header is Python that may end anywhere, or may state that the
# array has more numbers than there is memory.
DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, OverflowError, RuntimeError, SyntaxError)
DAMAGED += (tokenize.TokenError, zipfile.BadZipFile, zlib.error)


def read_array(file: BinaryIO) -> np.ndarray:
    """The array in an open .npy file. Raises ValueError if it is damaged, or contains objects."""
    try:
        with warnings.catch_warnings(action="ignore"):  # if the shape overflows
            return np.lib.format.read_array(file, allow_pickle=False)
    except DAMAGED as error:
        raise ValueError(f"{getattr(file, 'name', 'the file')} is not an array of numpy: {error}") from None
