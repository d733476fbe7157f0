"""Where a run's images come from without the app: a file beside the code, or torchvision's own files."""

import inspect
import io

import numpy as np

from explorer.data import Dataset, split
from explorer.data.split import part_of
from explorer.runs import Run

MOST_BYTES = 40 * 2**20  # of pixels that are written; larger data come from torchvision
KINDS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "cifar10": "CIFAR10"}
FILE = "images.npz"


def kind_of(run: Run) -> str | None:
    """The class in torchvision.datasets that reads the run's images; None if they are written into a file."""
    return KINDS.get(run.config.dataset)


def packed(run: Run, data: Dataset) -> bytes:
    """images.npz: the training, validation and test images and their labels, as the run used them."""
    used = part_of(data, run.config.training.fraction, run.config.training.seed)
    arrays = {}
    for name in ("train", "validation", "test"):
        images = getattr(used, name)
        arrays |= {f"{name}_pixels": images.pixels, f"{name}_labels": images.labels}
    made = io.BytesIO()
    np.savez_compressed(made, **arrays)
    return made.getvalue()


def size_of(data: Dataset) -> int:
    """Bytes of all pixels."""
    return sum(images.pixels.nbytes for images in (data.train, data.validation, data.test))


def code(run: Run) -> str:
    """The code of `load_images()`, and what it needs."""
    kind = kind_of(run)
    if kind is None:
        return _FROM_FILE
    helpers = [
        f"SEED = {split.SEED}  # of the split",
        f"VALIDATION_SHARE = {split.VALIDATION_SHARE}",
        inspect.getsource(split.held_out).rstrip(),
        inspect.getsource(split.apportion).rstrip(),
    ]
    part = ""
    if run.config.training.fraction != 1:
        helpers.append(inspect.getsource(split.subset).rstrip())
        part = "    part = subset(train.labels, SETTINGS.fraction, SETTINGS.seed)\n"
        part += "    train = Images(train.pixels[part], train.labels[part])\n"
    read = _COLOUR if kind == "CIFAR10" else _GREY
    return "\n\n\n".join([*helpers, (read + _SPLIT).format(kind=kind, part=part)])


_FROM_FILE = '''def load_images() -> tuple[Images, Images, Images]:
    """The training, validation and test images, from images.npz beside this file."""
    with np.load(HERE / "images.npz") as file:
        splits = [Images(file[f"{name}_pixels"], file[f"{name}_labels"]) for name in ("train", "validation", "test")]
    return splits[0], splits[1], splits[2]
'''
_GREY = '''def read(train: bool) -> Images:
    """28×28 pixels, with two of black around. ./data/{kind}/raw, as torchvision leaves it, is read or downloaded."""
    from torchvision import datasets

    files = datasets.{kind}(HERE / "data", train=train, download=True)
    pixels = np.pad(files.data.numpy(), ((0, 0), (2, 2), (2, 2)))[:, None]
    return Images(pixels, files.targets.numpy().astype(np.int64))


'''
_COLOUR = '''def read(train: bool) -> Images:
    """./data/cifar-10-batches-py, as torchvision leaves it, is read or downloaded."""
    from torchvision import datasets

    files = datasets.{kind}(HERE / "data", train=train, download=True)
    return Images(np.ascontiguousarray(files.data.transpose(0, 3, 1, 2)), np.array(files.targets, np.int64))


'''
_SPLIT = '''def load_images() -> tuple[Images, Images, Images]:
    """The training, validation and test images: the fixed tenth of the training images validates."""
    both = read(train=True)
    held = held_out(both.labels, VALIDATION_SHARE)
    train, validation = Images(both.pixels[~held], both.labels[~held]), Images(both.pixels[held], both.labels[held])
{part}    return train, validation, read(train=False)
'''
