"""Which files of a folder are images to learn from: splits by their usual names, one folder per class, any kind of
image."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from explorer.data.allowed import checked, leads_out
from explorer.data.image_file import is_image_file
from explorer.data.report import LeftOut
from explorer.data.split import TEST_SHARE, VALIDATION_SHARE, held_out
from explorer.data.split_folders import (
    JUNK_FOLDERS,
    TEST,
    TRAIN,
    VALIDATION,
    entries,
    find_splits,
    folders,
)
from explorer.errors import UserError
from explorer.text import plural, printable

ENDINGS = {".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".avif"}
JUNK_FILES = {"thumbs.db", "desktop.ini"}
MOST_FILES = 1_000_000  # of a folder, images or not
_Part = tuple[list[str], np.ndarray]  # files of a split and their labels


@dataclass(frozen=True)
class Listing:
    """The image files of a folder, in the order train, validation, test; `labels`: int64 (N,)."""

    folder: Path  # the folder of the splits or the classes
    classes: tuple[str, ...]  # in natural order: 2 before 10
    files: tuple[str, ...]  # not Path: making 60,000 of them takes longer than examining the files
    labels: np.ndarray
    train: int  # the number of training images
    validation: int
    sources: dict[str, str]  # of each split, where its images come from
    left_out: tuple[LeftOut, ...]


@dataclass
class _LeftOut:
    """Collects what is left out."""

    top: Path
    reasons: dict[str, list[str]] = field(default_factory=dict)
    examined: int = 0  # files and folders

    def examine(self, count: int) -> None:
        """Raises UserError if there are too many, because somebody gave a whole disk."""
        self.examined += count
        if self.examined > MOST_FILES:
            raise UserError(
                f"'{self.top}' holds more than {MOST_FILES:,} files: give a folder with nothing in it but the images."
            )

    def add(self, reason: str, path: Path | str) -> None:
        self.reasons.setdefault(reason, []).append(str(path))

    def loose(self, folder: Path) -> None:
        """Images outside the class folders."""
        names = [entry.name for entry in entries(folder) if leads_out(entry.path) or entry.is_file()]
        for file in _image_files(folder, names, self):
            self.add("images outside any class folder", file)

    def all(self) -> tuple[LeftOut, ...]:
        return tuple(
            LeftOut(reason, tuple(printable(os.path.relpath(path, self.top)) for path in places))
            for reason, places in self.reasons.items()
        )


def tidy(path: str) -> str:
    """A path as it was meant: without the quotes and spaces that copying adds, without a slash at its end, and with ~
    replaced by the home folder."""
    path = path.strip()
    if len(path) > 1 and path[0] == path[-1] and path[0] in "\"'":
        path = path[1:-1].strip()
    return str(Path(os.path.expanduser(path))) if path else ""


def list_images(path: str) -> Listing:
    """All image files below `path`, split.

    Raises UserError if they cannot be trained on: no such folder, fewer than two classes, too few images of a class, or
    a split whose classes are not those of the training images. Also if it may not be read, see `allowed`; links to what
    may not be read are left out.
    """
    root = Path(checked(tidy(path)))
    if not tidy(path) or not os.path.isdir(root):
        problem = "is a file" if os.path.isfile(root) else "does not exist"
        raise UserError(f"'{path}' {problem}: give folder:PATH, where PATH holds one folder of images per class.")
    top, splits, beside = find_splits(root)
    left = _LeftOut(top)
    for reason, path_beside in beside:
        left.add(reason, path_beside)
    train = splits.get(TRAIN, top)
    # Files and splits are sorted as text, as they always were: only the labels are in natural order.
    names = folders(train)
    if len(names) < 2:
        found = "one class folder" if names else "no class folders"
        raise UserError(f"'{train}' holds {found}: make at least two, each with the images of its class.")
    for folder in dict.fromkeys((top, train)):
        left.loose(folder)
    parts, sources = _parts(top, splits, names, left)
    inside = [parts[split] for split in (TRAIN, VALIDATION, TEST)]
    classes = tuple(sorted(names, key=natural))
    label_of = np.array([classes.index(class_name) for class_name in names], np.int64)
    return Listing(
        top,
        classes,
        tuple(file for some, _ in inside for file in some),
        label_of[np.concatenate([each for _, each in inside])],
        len(inside[0][0]),
        len(inside[1][0]),
        sources,
        left.all(),
    )


def _parts(
    top: Path, splits: dict[str, Path], names: list[str], left: _LeftOut
) -> tuple[dict[str, _Part], dict[str, str]]:
    """(the files of each split, where they come from): its own folder, or a share of the training images."""
    train = splits.get(TRAIN, top)
    files, labels = _files(train, names, left)
    _check_counts(train, names, labels, least=3 - len(splits.keys() & {VALIDATION, TEST}))
    place_of = {split: f"{folder.relative_to(top)}/" for split, folder in splits.items()}
    name = place_of.get(TRAIN, "the class folders")
    parts, sources = {}, {}
    for split, share, text in ((TEST, TEST_SHARE, "a fifth"), (VALIDATION, VALIDATION_SHARE, "a tenth")):
        if split in splits:
            parts[split] = _apart(splits[split], train, names, left)
            sources[split] = place_of[split]
        else:
            held = held_out(labels, share)
            parts[split] = _chosen(files, held), labels[held]
            files, labels = _chosen(files, ~held), labels[~held]
            sources[split] = f"{text} of {name if split == TEST or TEST in splits else 'the rest'}, drawn at random"
    sources[TRAIN] = name if splits.keys() >= {VALIDATION, TEST} else "the rest"
    parts[TRAIN] = files, labels
    return parts, sources


def natural(name: str) -> tuple[list[str | int], str]:
    """A key to sort by: numbers in a name count as numbers, 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if position % 2 else part for position, part in enumerate(parts)], name


def _apart(folder: Path, train: Path, names: list[str], left: _LeftOut) -> _Part:
    """The files of a split with its own folder, and their labels."""
    strange = sorted(set(folders(folder)) - set(names))
    if strange:
        raise UserError(
            f"'{folder / strange[0]}' is not a class of '{train}': add that folder there, or remove it here."
        )
    left.loose(folder)
    files, labels = _files(folder, names, left)
    if not files:
        raise UserError(f"'{folder}' holds no images in class folders: put some there, or remove it.")
    return files, labels


def _files(top: Path, names: list[str], left: _LeftOut) -> _Part:
    """Images of each class, including subfolders, in a fixed order, and their labels, int64 (N,)."""
    files: list[str] = []
    labels: list[int] = []
    for label, name in enumerate(names):
        before = len(files)
        for folder, inside in _walk(top / name):
            left.examine(1 + len(inside))
            files += _image_files(folder, inside, left)
        labels += [label] * (len(files) - before)
    return files, np.array(labels, np.int64)


def _walk(top: Path) -> Iterator[tuple[str, list[str]]]:
    """(folder, names of its files and of links to folders that may not be read); follows linked folders, each real
    folder once, because links may form circles."""
    visited = set()
    for folder, inner, names in os.walk(top, followlinks=True):
        real = os.path.realpath(folder)
        if real in visited:
            inner.clear()
            continue
        visited.add(real)
        out = [subfolder for subfolder in inner if leads_out(os.path.join(folder, subfolder))]
        inner[:] = sorted(
            subfolder
            for subfolder in inner
            if not subfolder.startswith(".") and subfolder not in JUNK_FOLDERS and subfolder not in out
        )
        yield folder, sorted([*names, *out])


def _image_files(folder: str | Path, names: list[str], left: _LeftOut) -> list[str]:
    """Paths of the images among a folder's files: recognised by their extension, or else by their content."""
    found = []
    for name in names:
        if name.startswith(".") or name.lower() in JUNK_FILES:
            continue
        path = os.path.join(folder, name)
        if leads_out(path):
            left.add("links out of the folders that can be used", path)
        elif os.path.splitext(name)[1].lower() in ENDINGS or is_image_file(path):
            found.append(path)
        else:
            left.add("files that are not images", path)
    return found


def _chosen(files: list[str], mask: np.ndarray) -> list[str]:
    return [files[index] for index in np.flatnonzero(mask)]


def _check_counts(top: Path, names: list[str], labels: np.ndarray, least: int) -> None:
    counts = np.bincount(labels, minlength=len(names)).tolist()
    for name, count in zip(names, counts, strict=True):
        if count < least:
            raise UserError(
                f"'{top / name}' holds {plural(count, 'image') if count else 'no images'}, but each split needs at "
                f"least one: put at least {least} there, or remove the folder."
            )
