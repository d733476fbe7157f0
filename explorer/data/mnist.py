"""MNIST (LeCun et al. 1998) and Fashion-MNIST (Xiao et al. 2017): 28×28, with two pixels of black around."""

import functools
import math
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.download import Archive, ArchivedFiles, download
from explorer.data.input_spec import Preparation
from explorer.data.split import with_validation
from explorer.errors import UserError

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
TRAIN = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
PADDING = 2  # pixels on every side, to 32×32


def files(kind: str) -> tuple[str, ...]:
    """The files of "MNIST" or "FashionMNIST", below the data folder."""
    return tuple(str(Path(kind, "raw", file)) for file in (*TRAIN, *TEST))


def load_mnist(folder: Path, progress: Progress) -> Dataset:
    """From <folder>/MNIST/raw, downloaded if it is missing. Raises UserError if that fails, or if a file is damaged."""
    _fetch("mnist", "MNIST", (9_912_422, 28_881, 1_648_877, 4_542), folder, progress)
    return _read("mnist", DIGITS, folder / "MNIST" / "raw", "digit")


def load_fashion_mnist(folder: Path, progress: Progress) -> Dataset:
    """From <folder>/FashionMNIST/raw, downloaded if it is missing. Raises UserError if that fails, or if a file is
    damaged."""
    _fetch("fashion-mnist", "FashionMNIST", (26_421_880, 29_515, 4_422_102, 5_148), folder, progress)
    return _read("fashion-mnist", CLOTHES, folder / "FashionMNIST" / "raw", "garment")


def _fetch(name: str, kind: str, sizes: tuple[int, ...], folder: Path, progress: Progress) -> None:
    """Download and unpack what is missing; `sizes` of torchvision's four archives, in bytes."""
    raw = Path(kind, "raw")
    wanted = tuple(Path(file) for file in files(kind))
    if all((folder / file).is_file() for file in wanted):
        return
    from torchvision import datasets

    source = getattr(datasets, kind)
    archives = tuple(
        Archive(raw / file, tuple(mirror + file for mirror in source.mirrors), md5, size)
        for (file, md5), size in zip(source.resources, sizes, strict=True)
    )
    # With the archives in place torchvision only unpacks them.
    unpack = functools.partial(source, download=True)
    download(ArchivedFiles(name, archives, wanted, unpack), folder, progress)


def _read(name: str, classes: tuple[str, ...], raw: Path, preparation: Preparation) -> Dataset:
    train, test = (_images(raw / images, raw / labels, len(classes)) for images, labels in (TRAIN, TEST))
    return with_validation(name, classes, train, test, preparation)


def _images(images: Path, labels: Path, classes: int) -> Images:
    pixels, indices = read_idx(images, 3), read_idx(labels, 1)
    if len(pixels) != len(indices) or pixels.shape[1:] != (28, 28) or indices.max(initial=0) >= classes:
        raise UserError(f"{images} and {labels.name} do not match: delete both, and they will be downloaded again.")
    around = (0, 0), (PADDING, PADDING), (PADDING, PADDING)
    return Images(np.pad(pixels, around)[:, None], indices.astype(np.int64))


def read_idx(file: Path, dimensions: int) -> np.ndarray:
    """The bytes of an idx file, uint8, in its own shape. A reader of our own: importing torchvision takes 5 seconds.

    Two zero bytes, type 8 (unsigned byte), the number of dimensions, their sizes as big-endian int32, the data. Raises
    UserError if the file is not that.
    """
    content = file.read_bytes()
    header = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[offset : offset + 4], "big") for offset in range(4, header, 4))
    if content[:4] != bytes((0, 0, 8, dimensions)) or len(content) != header + math.prod(shape):
        raise UserError(f"{file} is damaged: delete it, and it will be downloaded again.")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
