"""The registry of data sets. To add one: write a file with a `load`, and a line here."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from explorer.data import cifar10, digits, folder_files, image_folder, mnist, shapes, shortcut
from explorer.data.dataset import Dataset, Progress
from explorer.data.download import Unreachable
from explorer.data.image_folder import FOLDER_PREFIX
from explorer.data.input_spec import InputSpec, Preparation
from explorer.errors import UserError, unknown

FORMS = "folder:PATH", "shortcut:MARK:DATA"  # names besides those of DATASETS
SIZE = 32  # pixels: the side of the images of all data sets except a visitor's own


@dataclass(frozen=True)
class Source:
    """What is known about a data set before it is loaded."""

    name: str
    title: str
    about: str  # one sentence
    needs: str  # "nothing", or what must be there first
    channels: int
    classes: tuple[str, ...]
    training_images: int
    load: Callable[[Path, Progress], Dataset]  # (data folder, progress)
    preparation: Preparation = "photo"
    size: int = SIZE
    files: tuple[str, ...] = ()  # what is downloaded, below the data folder

    @property
    def input_spec(self) -> InputSpec:
        """That of the loaded data set, without the mean and the standard deviation of its pixels."""
        return InputSpec(self.name, self.channels, self.size, self.classes, preparation=self.preparation)

    @property
    def is_bundled(self) -> bool:
        """Whether it comes with the app and needs no download."""
        return self.needs == "nothing"


DATASETS = {
    "digits": Source(
        name="digits",
        title="Digits",
        about="1,797 handwritten digits of 8×8 pixels (scikit-learn's), smoothly enlarged; all digits from one "
        "writer's form are in the same split.",
        needs="nothing",
        channels=1,
        classes=digits.CLASSES,
        training_images=1157,
        load=digits.load,
        preparation="digit",
    ),
    "shapes": Source(
        name="shapes",
        title="Shapes",
        about="8,000 coloured shapes on textured backgrounds, generated on this machine, with a mask of each shape.",
        needs="nothing",
        channels=3,
        classes=shapes.CLASSES,
        training_images=5760,
        load=shapes.load_shapes,
    ),
    "shapes-shortcut": Source(
        name="shapes-shortcut",
        title="Shapes with a shortcut",
        about="The same shapes, with a corner mark that reveals the class, except in the test split.",
        needs="nothing",
        channels=3,
        classes=shapes.CLASSES,
        training_images=5760,
        load=shapes.load_shortcut,
    ),
    "mnist": Source(
        name="mnist",
        title="MNIST",
        about="70,000 handwritten digits of 28×28 pixels.",
        needs="a download of 12 MB, once",
        channels=1,
        classes=mnist.DIGITS,
        training_images=54_000,
        load=mnist.load_mnist,
        files=mnist.files("MNIST"),
        preparation="digit",
    ),
    "fashion-mnist": Source(
        name="fashion-mnist",
        title="Fashion-MNIST",
        about="70,000 grey images of clothes and shoes, 28×28 pixels.",
        needs="a download of 31 MB, once",
        channels=1,
        classes=mnist.CLOTHES,
        training_images=54_000,
        load=mnist.load_fashion_mnist,
        files=mnist.files("FashionMNIST"),
        preparation="garment",
    ),
    "cifar10": Source(
        name="cifar10",
        title="CIFAR-10",
        about="60,000 colour photos of animals and vehicles, 32×32 pixels.",
        needs="a download of 170 MB, once",
        channels=3,
        classes=cifar10.CLASSES,
        training_images=45_000,
        load=cifar10.load,
        files=cifar10.FILES,
    ),
}


def is_folder(name: str) -> bool:
    """Whether a data set's name is that of a visitor's own images, folder:PATH, with or without a shortcut."""
    return base_of(name).startswith(FOLDER_PREFIX)


def base_of(name: str) -> str:
    """The data set in which a shortcut is planted; any other name unchanged. Raises UserError like
    `shortcut.parsed`."""
    planted = shortcut.parsed(name)
    return planted.base if planted else name


def source_of(name: str) -> Source | None:
    """What is known about a data set before it is loaded; None for a folder, and for a name that is not a data set."""
    planted = shortcut.parsed(name)
    base = DATASETS.get(planted.base if planted else name)
    if base is None or planted is None:
        return base
    about = f"{base.title} {planted.words}, which reveals the class except in the test split."
    return replace(base, name=name, title=f"{base.title} {planted.words}", about=about, channels=3)


def load(
    name: str,
    folder: str | os.PathLike | None = None,
    image_size: int = SIZE,
    progress: Progress | None = None,
    skip_damaged: bool = False,
    apart: bool = False,
) -> Dataset:
    """The data set `name`: a key of DATASETS, "folder:PATH" for the user's own images, one folder per class, or
    "shortcut:MARK:DATA" for either with a shortcut, see `explorer.data.shortcut`.

    `folder`: where downloads are stored; by default EXPLORER_DATA or ./data. `image_size`, in pixels, is for own
    images. `progress(fraction, text)` is called while something takes time. The same name gives the same images every
    time. `skip_damaged`: leave out a folder's images that cannot be read. `apart`: another process decodes them. Raises
    UserError if there is no such data set, if `image_size` is not that of its images, if it cannot be downloaded, or if
    its files are damaged or cannot be trained on.
    """
    where = data_folder(folder)
    report = progress or _ignore
    if planted := shortcut.parsed(name):
        return shortcut.plant(load(planted.base, where, image_size, report, skip_damaged, apart), planted)
    if is_folder(name):
        return image_folder.load(name.removeprefix(FOLDER_PREFIX), image_size, where, report, skip_damaged, apart)
    if name not in DATASETS:
        raise unknown("data set", name, [*DATASETS, *FORMS])
    if image_size != SIZE:
        raise UserError(
            f"{name} has images of {SIZE} pixels, not {image_size}: leave the image size out; it is for folder:PATH "
            f"only."
        )
    try:
        return DATASETS[name].load(where, report)
    except Unreachable as error:
        bundled = " or ".join(f"'{other}'" for other, source in DATASETS.items() if source.is_bundled)
        raise UserError(f"{error}, or choose {bundled}, which needs no download.") from error


def is_on_disk(name: str, folder: str | os.PathLike | None = None) -> bool:
    """Whether `load` has nothing to download; `name` and `folder` as there."""
    where = data_folder(folder)
    return is_folder(name) or all((where / file).is_file() for file in DATASETS[base_of(name)].files)


def data_folder(folder: str | os.PathLike | None = None) -> Path:
    """Where downloads are stored: `folder`, else EXPLORER_DATA, else ./data; ~ is the home folder."""
    return Path(folder or os.environ.get("EXPLORER_DATA") or "data").expanduser()


def tidy(name: str) -> str:
    """The name of a data set as it was meant: a folder's path without quotes, a slash at its end or ~."""
    if planted := shortcut.parsed(name):
        return replace(planted, base=tidy(planted.base)).name
    return FOLDER_PREFIX + folder_files.tidy(name.removeprefix(FOLDER_PREFIX)) if is_folder(name) else name


def state(name: str) -> str:
    """Changes when a folder's image files do, by name, size or time; "" for a data set that does not change."""
    return image_folder.state(base_of(name).removeprefix(FOLDER_PREFIX)) if is_folder(name) else ""


def _ignore(fraction: float, text: str) -> None:
    pass
