"""A visitor's own images, one folder per class, like torchvision's ImageFolder."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.folder_apart import read_apart
from explorer.data.folder_cache import FORMAT, CachedImages, Read, digest
from explorer.data.folder_files import Listing, list_images, tidy
from explorer.data.image_file import decode
from explorer.data.photo import centre_square
from explorer.data.quiet import quiet
from explorer.data.regular_file import read_regular
from explorer.data.report import SPLITS, Report
from explorer.data.split_folders import unreadable
from explorer.errors import UserError
from explorer.text import printable

FOLDER_PREFIX = "folder:"  # prefix of the name of a visitor's own images: folder:PATH
SIZES = 8, 512  # pixels, the smallest and the largest image size
MAX_BYTES = 4 * 1024**3  # of all images in memory
LARGE_FILE = 50_000  # bytes: larger files gain from several threads, small ones lose (8 s or 12 s for 60,000, 2 cores)
SLOW = 1.0  # seconds: what took longer to read is stored in the data folder


def load(
    path: str, size: int, data_folder: Path, progress: Progress, skip_damaged: bool = False, apart: bool = False
) -> Dataset:
    """`path` has one folder per class, or folders with the usual names of splits that do; see `folder_files`.

    The central square of each image at `size` × `size`; grey if all images are. Images that take long to read are
    stored in <data folder>/.cache until a file's name, size or time changes. `skip_damaged` leaves damaged images out.
    The data set's `report` says what was read. `apart`: another process decodes them. Raises UserError if `size` is not
    in SIZES, the images do not fit into MAX_BYTES, or the folder cannot be trained on; Damaged, which names the images,
    if some cannot be read and are not to be left out.
    """
    low, high = SIZES
    if not low <= size <= high:
        raise UserError(f"Images of {size} pixels per side are not possible: choose {low} to {high}.")
    listing = list_images(path)
    _check_memory(len(listing.files), size)
    cached = CachedImages(data_folder, Path(tidy(path)).absolute(), listing, size)
    read = cached.read()
    if read is None:
        start = time.monotonic()
        read = read_apart(tidy(path), size, cached.key) if apart else _read(listing.files, size, progress)
        if time.monotonic() - start > SLOW:
            cached.write(read)
    parts = _parts(listing, read)
    report = _report(listing, read, parts)
    report.check_damaged(skip_damaged)
    train, validation, test = parts
    return Dataset(FOLDER_PREFIX + path, listing.classes, train, validation, test, report=report)


def read_here(path: str, size: int) -> tuple[str, Read]:
    """(key of the folder's files, its images), decoded in this process; `read_apart` runs it in another one. Raises
    UserError like `list_images`."""
    listing = list_images(path)
    return digest(listing.files, f"{FORMAT}\0{size}"), _read(listing.files, size, lambda fraction, text: None)


def state(path: str) -> str:
    """Changes when the image files of a folder do: by name, size or modification time."""
    return digest(list_images(path).files)


def _parts(listing: Listing, read: Read) -> list[Images]:
    """The images that could be read, by split: training, validation and test."""
    ends = listing.train, listing.train + listing.validation
    if not read.damaged:  # views: nothing is copied
        arrays = zip(np.split(read.pixels, ends), np.split(listing.labels, ends), strict=True)
        return [Images(pixels, labels) for pixels, labels in arrays]
    good = np.ones(len(listing.files), bool)
    good[list(read.damaged)] = False
    places = np.split(np.arange(len(listing.files)), ends)
    good_indices = [indices[good[indices]] for indices in places]
    return [Images(read.pixels[indices], listing.labels[indices]) for indices in good_indices]


def _report(listing: Listing, read: Read, parts: list[Images]) -> Report:
    """What was read from the folder, and what was not."""
    counts = [np.bincount(part.labels, minlength=len(listing.classes)) for part in parts]
    damaged = {
        printable(os.path.relpath(listing.files[index], listing.folder)): _problem(of)
        for index, of in read.damaged.items()
    }
    return Report(
        str(listing.folder),
        listing.classes,
        {split: tuple(count.tolist()) for split, count in zip(SPLITS, counts, strict=True)},
        listing.sources,
        listing.left_out,
        dict(sorted(damaged.items())),
        _repeated(parts),
    )


def _problem(sentence: str) -> str:
    """What is wrong with an image, without the remedy, which is the same for all of them."""
    return sentence.rpartition(": ")[0]


def _repeated(parts: list[Images]) -> int:
    """How many validation and test images have the same pixels as a training image."""
    train_images = {image.tobytes() for image in parts[0].pixels}
    return sum(image.tobytes() in train_images for part in parts[1:] for image in part.pixels)


def _check_memory(count: int, size: int) -> None:
    needed = count * 3 * size * size
    if needed > MAX_BYTES:
        fits = int((MAX_BYTES / (3 * count)) ** 0.5)
        remedy = f"an image size of {fits} or less" if fits >= SIZES[0] else "fewer images"
        raise UserError(
            f"{count:,} images of {size} × {size} pixels need {needed / 1024**3:.1f} GB of memory, more than the "
            f"{MAX_BYTES / 1024**3:.0f} GB allowed: choose {remedy}."
        )


def _read(files: tuple[str, ...], size: int, progress: Progress) -> Read:
    """All of them, including damaged ones."""
    pixels, damaged = np.zeros((len(files), 3, size, size), np.uint8), {}

    def read(index: int) -> None:
        try:
            pixels[index] = centre_square(decode(_content(files[index]), f"'{files[index]}'", enough=2 * size), size)
        except UserError as error:
            damaged[index] = str(error)

    every = max(1, len(files) // 100)
    large = sum(_bytes(file) for file in files[::every]) > LARGE_FILE * len(files[::every])
    with quiet(), ThreadPoolExecutor() as pool:
        for done, _ in enumerate((pool.map if large else map)(read, range(len(files)))):
            if done % every == 0:
                progress(done / len(files), f"Reading {len(files):,} images")
    return Read(_without_idle_colour(pixels), damaged)


def _content(file: str) -> bytes:
    try:
        return read_regular(file)
    except OSError as error:
        raise unreadable(file, error) from error


def _bytes(file: str) -> int:
    try:
        return os.path.getsize(file)
    except OSError:  # a broken link
        return 0


def _without_idle_colour(pixels: np.ndarray) -> np.ndarray:
    """(N, 1, H, W) if red, green and blue are equal in all images, else unchanged."""
    for start in range(0, len(pixels), 1024):
        red, green, blue = pixels[start : start + 1024].swapaxes(0, 1)
        if (red != green).any() or (green != blue).any():
            return pixels
    return pixels[:, :1].copy()
