"""Arrays in files that somebody may have cut short or changed."""

import tokenize
import warnings
import zipfile
import zlib
from typing import BinaryIO

import numpy as np

# What numpy raises of bytes that are not an array: its head is Python that may end anywhere, or may say that the array
# has more numbers than there is memory.
DAMAGED = (OSError, ValueError, KeyError, TypeError, EOFError, MemoryError, OverflowError, RuntimeError, SyntaxError)
DAMAGED += (tokenize.TokenError, zipfile.BadZipFile, zlib.error)


def read_array(file: BinaryIO) -> np.ndarray:
    """The array in an open .npy file. Raises ValueError if it is damaged, or has objects in it."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of a shape that overflows
            return np.lib.format.read_array(file, allow_pickle=False)
    except DAMAGED as error:
        raise ValueError(f"{getattr(file, 'name', 'the file')} is not an array of numpy: {error}") from None
