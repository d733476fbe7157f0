"""CIFAR-10 (Krizhevsky 2009): small colour photos."""

import functools
import warnings
from pathlib import Path

import numpy as np

from explorer.data.dataset import Dataset, Images, Progress
from explorer.data.download import Archive, ArchivedFiles, download
from explorer.data.split import with_validation
from explorer.errors import UserError

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FOLDER = "cifar-10-batches-py"  # torchvision's name
FILES = tuple(
    f"{FOLDER}/{file}" for file in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta")
)
ARCHIVE_BYTES = 170_498_071


def load(folder: Path, progress: Progress) -> Dataset:
    """From <folder>/cifar-10-batches-py, downloaded if it is missing. Raises UserError if that fails, or if a file is
    damaged."""
    from torchvision.datasets import CIFAR10

    wanted = tuple(Path(file) for file in FILES)
    if not all((folder / file).is_file() for file in wanted):
        archive = Archive(Path(CIFAR10.filename), (CIFAR10.url,), CIFAR10.tgz_md5, ARCHIVE_BYTES)
        # With the archive in place torchvision only unpacks it.
        unpack = functools.partial(CIFAR10, download=True)
        download(ArchivedFiles("cifar10", (archive,), wanted, unpack), folder, progress)
    return with_validation("cifar10", CLASSES, _read(folder, train=True), _read(folder, train=False))


def _read(folder: Path, train: bool) -> Images:
    """The files are pickles: torchvision compares their md5 with the published one before it opens them."""
    from torchvision.datasets import CIFAR10

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # written by Python 2, about which newer NumPy warns
        try:
            read = CIFAR10(folder, train=train, download=False)
        except RuntimeError as error:
            unpacked = folder / CIFAR10.base_folder
            raise UserError(
                f"A file in {unpacked} is damaged: delete the folder, and it will be downloaded again."
            ) from error
    pixels = np.ascontiguousarray(read.data.transpose(0, 3, 1, 2))
    return Images(pixels, np.array(read.targets, np.int64))
