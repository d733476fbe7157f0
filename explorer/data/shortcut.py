"""A shortcut planted in any data set: a mark that gives the class away in training, and says nothing in testing.

"shortcut:border@0.9:digits" means digits with a coloured border, which in 90 % of the training images is that of the
image's own class. A network that reads the mark looks right until the test split.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from explorer.data.dataset import Dataset, Images
from explorer.data.shape_textures import TURN, hues
from explorer.errors import UserError, unknown

PREFIX = "shortcut:"
SEED = 32
CORNER = 5  # pixels of 32: the side of the corner mark; the border is a third as wide
TINT = 0.35  # how much of a tinted image is the class's colour
CONTRAST = 20  # levels that a watermark makes a pixel brighter or darker
PATTERN = 8  # pixels: the side of the watermark's pattern, which is repeated over the image

Draw = Callable[[np.ndarray, np.ndarray, np.ndarray], None]


@dataclass(frozen=True)
class Shortcut:
    """What is planted, and in which data set. Raises UserError if there is no such mark, or if the strength is not
    valid."""

    mark: str  # one of MARKS
    base: str  # name of the data set
    strength: float = 1.0  # share of each class's training images that carry the mark of their own class

    def __post_init__(self) -> None:
        if self.mark not in MARKS:
            raise unknown("mark", self.mark, MARKS)
        if not 0 <= self.strength <= 1:
            raise UserError(
                f"A shortcut in {self.strength:g} of the training images is not possible: give a strength from 0 to 1."
            )
        if self.base.startswith(PREFIX):
            raise UserError(f"'{self.base}' has a shortcut already: plant one in the data set below it.")

    @property
    def name(self) -> str:
        """The name for `explorer.data.load`."""
        strength = "" if self.strength == 1 else f"@{self.strength:g}"
        return f"{PREFIX}{self.mark}{strength}:{self.base}"

    @property
    def words(self) -> str:
        """ "with a border", "with a border in 90 %"."""
        return f"with a {MARKS[self.mark].words}" + ("" if self.strength == 1 else f" in {100 * self.strength:g} %")


def parsed(name: str) -> Shortcut | None:
    """What a data set's name plants: the inverse of `Shortcut.name`; None if nothing. Raises UserError if it is neither
    shortcut:MARK:DATA nor shortcut:MARK@STRENGTH:DATA."""
    if not name.startswith(PREFIX):
        return None
    setting, _, base = name.removeprefix(PREFIX).partition(":")
    mark, _, strength = setting.partition("@")
    try:
        share = float(strength or 1)
    except ValueError:
        share = float("nan")
    if not base or share != share:
        raise UserError(
            f"'{name}' is not a data set with a shortcut: write shortcut:MARK:DATA or shortcut:MARK@STRENGTH:DATA, as "
            f"shortcut:border@0.9:digits."
        )
    return Shortcut(mark, base, share)


def plant(data: Dataset, shortcut: Shortcut) -> Dataset:
    """The data set with marks, in colour. Training and validation images are collected together and share the flaw; in
    the test images each mark is equally frequent in every class. `Images.marks` has the marks' classes."""
    count = len(data.classes)
    train, validation = (
        _marked(part, _marked_as(part.labels, count, shortcut.strength), shortcut, count)
        for part in (data.train, data.validation)
    )
    test = _marked(data.test, evenly(data.test.labels, count), shortcut, count)
    return replace(data, name=shortcut.name, train=train, validation=validation, test=test)


def evenly(labels: np.ndarray, count: int) -> np.ndarray:
    """A mark for each image, int64 (N,), all equally frequent in each class. `labels`: int64 (N,), below `count`."""
    marks = labels.copy()
    for label in range(count):
        members = np.flatnonzero(labels == label)
        marks[members] = np.arange(len(members)) % count
    return marks


def class_colours(count: int) -> np.ndarray:
    """A different colour for each class, int32 (count, 3); bright and dark, because hues alone would be too similar."""
    colours = hues(np.arange(count) * TURN // count, np.full(count, 256), np.full(count, 255))
    colours[count // 2 :] //= 2
    return colours


def region(mark: str, size: int) -> np.ndarray:
    """Where a mark is, bool (size, size): everywhere for marks that cover the image."""
    return MARKS[mark].region(size)


def is_local(mark: str) -> bool:
    """Whether a mark covers only a part of the image, which a saliency map can point at."""
    return mark in ("corner", "border")


def _marked_as(labels: np.ndarray, count: int, strength: float) -> np.ndarray:
    """The class whose mark each image carries, int64 (N,): its own for `strength` of each class, to the nearest image,
    and those of the other classes in turn for the rest. There is never only one class, so `count` is at least 2 if
    strength < 1."""
    marks = labels.copy()
    for label in range(count):
        members = np.flatnonzero(labels == label)
        # Its stream never changes: the same images carry the same marks everywhere.
        random = np.random.RandomState([SEED, label])
        wrong = random.permutation(members)[int(len(members) * strength + 0.5) :]
        marks[wrong] = (label + 1 + np.arange(len(wrong)) % max(count - 1, 1)) % count
    return marks


def _marked(images: Images, marks: np.ndarray, shortcut: Shortcut, count: int) -> Images:
    pixels = np.repeat(images.pixels, 3 // images.pixels.shape[1], axis=1)  # a copy, in colour
    MARKS[shortcut.mark].draw(pixels, marks, class_colours(count))
    return Images(pixels, images.labels, images.masks, marks)


def _corner(pixels: np.ndarray, marks: np.ndarray, colours: np.ndarray) -> None:
    side = _side(pixels.shape[-1])
    pixels[:, :, :side, :side] = 255
    pixels[:, :, 1 : side - 1, 1 : side - 1] = colours[marks][:, :, None, None]


def _border(pixels: np.ndarray, marks: np.ndarray, colours: np.ndarray) -> None:
    for colour, image in zip(colours[marks], pixels, strict=True):  # image by image, to save memory
        image[:, _frame(pixels.shape[-1])] = colour[:, None]


def _tint(pixels: np.ndarray, marks: np.ndarray, colours: np.ndarray) -> None:
    for colour, image in zip(colours[marks], pixels, strict=True):
        image[:] = (image * (1 - TINT) + colour[:, None, None] * TINT).round().astype(np.uint8)


def _watermark(pixels: np.ndarray, marks: np.ndarray, colours: np.ndarray) -> None:
    size = pixels.shape[-1]
    signs = np.random.RandomState(SEED).randint(0, 2, (len(colours), PATTERN, PATTERN)) * 2 - 1
    times = -(-size // PATTERN)
    patterns = CONTRAST * np.tile(signs, (1, times, times))[:, :size, :size]
    for pattern, image in zip(patterns[marks], pixels, strict=True):
        image[:] = (image.astype(np.int16) + pattern).clip(0, 255).astype(np.uint8)


def _side(size: int) -> int:
    return max(3, size * CORNER // 32)


def _square(size: int) -> np.ndarray:
    inside = np.zeros((size, size), bool)
    inside[: _side(size), : _side(size)] = True
    return inside


def _frame(size: int) -> np.ndarray:
    width = max(1, _side(size) // 3 + 1)
    inside = np.ones((size, size), bool)
    inside[width:-width, width:-width] = False
    return inside


def _everywhere(size: int) -> np.ndarray:
    return np.ones((size, size), bool)


@dataclass(frozen=True)
class Mark:
    """`draw` changes uint8 (N, 3, H, W) by int64 (N,), the classes whose marks they are to carry, and their colours."""

    words: str
    draw: Draw
    region: Callable[[int], np.ndarray]


MARKS = {
    "corner": Mark("corner mark", _corner, _square),
    "border": Mark("border", _border, _frame),
    "tint": Mark("tint", _tint, _everywhere),
    "watermark": Mark("watermark", _watermark, _everywhere),
}
