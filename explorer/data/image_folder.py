"""A person's own images, one folder a class, in the sense of torchvision's ImageFolder."""

import hashlib
import os
import tempfile
import time
import warnings
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.photo import centre_square
from explorer.data.picture_file import decode
from explorer.data.split import TEST_SHARE, VALIDATION_SHARE, held_out
from explorer.errors import UserError

EXTENSIONS = {".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".bmp", ".tif", ".tiff", ".webp", ".gif"}
SIZES = 8, 512  # pixels, the least and the greatest image size
MAX_BYTES = 4 * 1024**3  # of all images in memory
LARGE_FILE = 50_000  # bytes: larger files gain from several threads, small ones lose (8 s or 12 s for 60,000, 2 cores)
SLOW = 1.0  # seconds: what took longer to read is kept in the data folder
FORMAT = 1  # of what is kept; raise it when images are read differently


@dataclass(frozen=True)
class Listing:
    """The image files of a folder, in the order train, validation, test; `labels`: int64 (N,)."""

    classes: tuple[str, ...]
    files: tuple[str, ...]  # not Path: making 60,000 of them takes longer than looking at the files
    labels: np.ndarray
    train: int  # how many are training images
    validation: int


def load(name: str, path: str, size: int, data_folder: Path, progress: Progress) -> Dataset:
    """`path` holds a folder a class, or train/ and test/ (or val/) that do; without a test split a fifth is held out.

    The middle square of each image at `size` × `size`; grey if all images are. What takes long to read is read once and
    kept in <data folder>/.cache until a file's name, size or time changes.
    """
    low, high = SIZES
    if not low <= size <= high:
        raise UserError(f"Images of {size} pixels a side are not possible: choose {low} to {high}.")
    listing = list_images(path)
    _check_memory(len(listing.files), size)
    kept = _Kept(data_folder, Path(path).expanduser().absolute(), listing, size)
    pixels = kept.read()
    if pixels is None:
        start = time.monotonic()
        pixels = _without_idle_colour(_read(listing.files, size, progress))
        if time.monotonic() - start > SLOW:
            kept.write(pixels)
    ends = listing.train, listing.train + listing.validation
    parts = zip(np.split(pixels, ends), np.split(listing.labels, ends), strict=True)
    return Dataset(name, listing.classes, *(Images(images, labels) for images, labels in parts), ink=False)


def list_images(path: str) -> Listing:
    """All image files below `path`, split; UserError where they cannot be trained on."""
    root = Path(path).expanduser()
    if not path or not root.is_dir():
        problem = "is a file" if root.is_file() else "does not exist"
        raise UserError(f"'{path}' {problem}: give folder:PATH, where PATH holds one folder of images a class.")
    divided = (root / "train").is_dir() and len(
        _folders(root / "train")
    ) > 0  # else train is a class, beside car and bus
    top = root / "train" if divided else root
    classes = tuple(sorted(_folders(top)))
    if len(classes) < 2:
        found = "one class folder" if classes else "no class folders"
        raise UserError(f"'{top}' holds {found}: make at least two, each with the images of its class.")
    files, labels = _files(top, classes)
    apart = next((folder for folder in (root / "test", root / "val") if divided and folder.is_dir()), None)
    _check_counts(top, classes, labels, least=2 if apart else 3)
    if apart is None:
        test = held_out(labels, TEST_SHARE)
        test_files, test_labels = _chosen(files, test), labels[test]
        files, labels = _chosen(files, ~test), labels[~test]
    else:
        strange = sorted(set(_folders(apart)) - set(classes))
        if strange:
            raise UserError(f"'{apart / strange[0]}' is no class of '{top}': add that folder there, or remove it here.")
        test_files, test_labels = _files(apart, classes)
        if not test_files:
            raise UserError(f"'{apart}' holds no images: put the test images there, one folder a class, or remove it.")
    validation = held_out(labels, VALIDATION_SHARE)
    return Listing(
        classes,
        (*_chosen(files, ~validation), *_chosen(files, validation), *test_files),
        np.concatenate([labels[~validation], labels[validation], test_labels]),
        int((~validation).sum()),
        int(validation.sum()),
    )


def state(path: str) -> str:
    """Changes when the image files of a folder do: by name, size or time of writing."""
    return _digest(list_images(path).files)


def _digest(files: Iterable[str], start: str = "") -> str:
    """Hexadecimal sha256 of the files' names, sizes and times."""
    digest = hashlib.sha256(f"{start}\0".encode())
    for file in files:
        try:
            seen = os.stat(file)
        except OSError as error:  # a link to nowhere
            raise _unreadable(file, error) from error
        digest.update(f"{file}\0{seen.st_size}\0{seen.st_mtime_ns}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


def _folders(top: Path) -> list[str]:
    try:
        return [entry.name for entry in top.iterdir() if entry.is_dir() and not entry.name.startswith(".")]
    except OSError as error:
        raise _unreadable(top, error) from error


def _files(top: Path, classes: Iterable[str]) -> tuple[list[str], np.ndarray]:
    """Image files of each class, also in folders below, in a fixed order, and their labels, int64 (N,)."""
    files, labels = [], []
    for label, name in enumerate(classes):
        before = len(files)
        for folder, inner, names in os.walk(top / name):
            inner[:] = sorted(one for one in inner if not one.startswith("."))
            pictures = (one for one in sorted(names) if not one.startswith("."))
            files += [os.path.join(folder, one) for one in pictures if os.path.splitext(one)[1].lower() in EXTENSIONS]
        labels += [label] * (len(files) - before)
    return files, np.array(labels, np.int64)


def _chosen(files: list[str], mask: np.ndarray) -> list[str]:
    return [files[index] for index in np.flatnonzero(mask)]


def _check_counts(top: Path, classes: tuple[str, ...], labels: np.ndarray, least: int) -> None:
    counts = np.bincount(labels, minlength=len(classes)).tolist()
    for name, count in zip(classes, counts, strict=True):
        if count < least:
            raise UserError(
                f"'{top / name}' holds {count or 'no'} image{'s' * (count != 1)}, each split needs one: "
                f"put at least {least} there, or remove the folder."
            )


def _check_memory(count: int, size: int) -> None:
    needed = count * 3 * size * size
    if needed > MAX_BYTES:
        fits = int((MAX_BYTES / (3 * count)) ** 0.5)
        remedy = f"an image size of {fits} or less" if fits >= SIZES[0] else "fewer images"
        raise UserError(
            f"{count:,} images of {size} × {size} pixels need {needed / 1024**3:.1f} GB of memory, more than the "
            f"{MAX_BYTES / 1024**3:.0f} GB allowed: choose {remedy}."
        )


def _read(files: tuple[str, ...], size: int, progress: Progress) -> np.ndarray:
    """uint8 (N, 3, size, size)."""
    pixels = np.empty((len(files), 3, size, size), np.uint8)

    def read(index: int) -> None:
        try:
            content = Path(files[index]).read_bytes()
        except OSError as error:
            raise _unreadable(files[index], error) from error
        pixels[index] = centre_square(decode(content, f"'{files[index]}'", enough=2 * size), size)

    every = max(1, len(files) // 100)
    large = sum(os.path.getsize(file) for file in files[::every]) > LARGE_FILE * len(files[::every])
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        warnings.simplefilter("ignore")  # Pillow remarks on odd metadata
        for done, _ in enumerate((pool.map if large else map)(read, range(len(files)))):
            if done % every == 0:
                progress(done / len(files), f"Reading {len(files):,} images")
    return pixels


def _unreadable(place: str | Path, error: OSError) -> UserError:
    return UserError(f"Cannot read '{place}' ({error.strerror}): make it readable, or remove it.")


def _without_idle_colour(pixels: np.ndarray) -> np.ndarray:
    """(N, 1, H, W) if in all images red, green and blue are the same, else as it is."""
    for start in range(0, len(pixels), 1024):
        red, green, blue = pixels[start : start + 1024].swapaxes(0, 1)
        if (red != green).any() or (green != blue).any():
            return pixels
    return pixels[:, :1].copy()


class _Kept:
    """Images as they were read before, one file for each folder and size: <data folder>/.cache/folder-….npz."""

    def __init__(self, data_folder: Path, path: Path, listing: Listing, size: int) -> None:
        place = hashlib.sha256(f"{path}\0{size}".encode(errors="surrogateescape")).hexdigest()[:16]
        self.file = data_folder / ".cache" / f"folder-{place}.npz"
        self.key = _digest(listing.files, f"{FORMAT}\0{size}")

    def read(self) -> np.ndarray | None:
        """uint8 (N, C, H, W), or None if nothing is kept, or a file has changed since."""
        try:
            with self.file.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                return kept["pixels"] if str(kept["key"]) == self.key else None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def write(self, pixels: np.ndarray) -> None:
        """Aside, then renamed. A data folder that cannot be written to only costs the time of reading again."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.file.parent) as aside:
                whole = Path(aside, self.file.name)
                np.savez(whole, key=np.array(self.key), pixels=pixels)
                whole.replace(self.file)
        except OSError:
            pass
