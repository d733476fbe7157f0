"""Decoded images of a folder, stored in <data folder>/.cache, so that a large folder is decoded once."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data.array_file import DAMAGED
from explorer.data.files_in_use import replace
from explorer.data.folder_files import Listing

FORMAT = 2  # to be raised when images are read differently
MOST_KEPT = 8 * 1024**3  # bytes of all stored images; the least recently used are removed first
ASIDE = "aside-"  # prefix of files that are being written
ABANDONED = 24 * 3600  # seconds after which such a file counts as abandoned


@dataclass(frozen=True)
class Read:
    """All images of a listing."""

    pixels: np.ndarray  # uint8 (N, C, H, W); zeros where an image is damaged
    damaged: dict[int, str]  # images that could not be read → what is wrong with each, a sentence


def digest(files: Iterable[str], start: str = "") -> str:
    """Hexadecimal sha256 of the files' names, sizes and times."""
    digest = hashlib.sha256(f"{start}\0".encode())
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:  # a broken link
            digest.update(f"{file}\0gone\0".encode(errors="surrogateescape"))
        else:
            digest.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


class CachedImages:
    """The stored images of one folder at one size: <data folder>/.cache/folder-….npz."""

    def __init__(self, data_folder: Path, path: Path, listing: Listing, size: int) -> None:
        name = hashlib.sha256(f"{path}\0{size}".encode(errors="surrogateescape")).hexdigest()[:16]
        self.file = data_folder / ".cache" / f"folder-{name}.npz"
        self.key = digest(listing.files, f"{FORMAT}\0{size}")

    def read(self) -> Read | None:
        """None if nothing is stored, or a file has changed since."""
        read = unpacked(self.file, self.key)
        if read is not None:
            with suppress(OSError):  # belongs to another user, or is on a read-only disk
                os.utime(self.file)
        return read

    def write(self, read: Read) -> None:
        """Write to another file, then rename it. If the data folder is read-only, the images are read again next
        time."""
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=ASIDE, dir=self.file.parent) as aside:
                whole = Path(aside, self.file.name)
                pack(whole, self.key, read)
                replace(whole, self.file)
            forget_oldest(self.file.parent)


def pack(file: Path, key: str, read: Read) -> None:
    """Raises OSError if the disk takes no more."""
    damaged, sentences = np.array([*read.damaged], np.int64), np.array([*read.damaged.values()], np.str_)
    np.savez(file, key=np.array(key), pixels=read.pixels, damaged=damaged, sentences=sentences)


def unpacked(file: Path, key: str) -> Read | None:
    """What `pack` wrote; None if there is nothing, it has another key, or it is damaged."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            if str(arrays["key"]) != key:
                return None
            damaged = zip(arrays["damaged"].tolist(), arrays["sentences"].tolist(), strict=True)
            return Read(arrays["pixels"], dict(damaged))
    except DAMAGED:
        return None


def forget_oldest(folder: Path) -> None:
    """Remove the least recently used files until MOST_KEPT bytes are left, and what killed processes left behind.
    Raises OSError if the folder cannot be read."""
    kept = sorted(folder.glob("folder-*.npz"), key=_last_used, reverse=True)
    total = 0
    for file in kept:
        total += _size(file)
        if total > MOST_KEPT and file != kept[0]:
            file.unlink(missing_ok=True)
    for aside in folder.glob(f"{ASIDE}*"):
        if time.time() - _last_used(aside) > ABANDONED:
            for file in aside.iterdir():
                file.unlink(missing_ok=True)
            aside.rmdir()


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
