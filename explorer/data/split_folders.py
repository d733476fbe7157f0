"""Finds the splits and the classes of a folder of images: by the usual names of splits, even one folder deeper."""

import os
import re
from pathlib import Path

from explorer.data.allowed import leads_out
from explorer.errors import UserError

TRAIN, VALIDATION, TEST = "training", "validation", "test"
USUAL = {
    "train": TRAIN, "training": TRAIN, "trn": TRAIN,
    "val": VALIDATION, "valid": VALIDATION, "validation": VALIDATION, "validate": VALIDATION, "vld": VALIDATION,
    "dev": VALIDATION, "eval": VALIDATION, "evaluation": VALIDATION,
    "test": TEST, "testing": TEST, "tst": TEST, "holdout": TEST,
}  # fmt: skip
_SUFFIX = re.compile(r"(set|data|images|imgs|split)$")  # trainset, test_images
JUNK_FOLDERS = {"__MACOSX", "$RECYCLE.BIN", "System Volume Information"}
DEPTH = 3  # how far a set may be below the folder that is given


def find_splits(root: Path) -> tuple[Path, dict[str, Path], list[tuple[str, Path]]]:
    """(the folder with the splits or the classes, the folder with the classes of each split that has one, what is
    beside them: a reason for leaving it out and its place).

    A folder that contains only one other folder is looked through: a set is often in a folder of its own name, and so
    are splits: seg_train/seg_train/forest. Raises UserError if a split is empty or exists twice, if the training images
    are missing, or if a folder cannot be read.
    """
    top = root
    for _ in range(DEPTH):
        inner = folders(top)
        splits, beside = _named_splits(top, inner)
        if TRAIN in splits:
            taken = {*splits.values(), *(path for _, path in beside)}
            beside += [("folders beside the splits", top / name) for name in inner if top / name not in taken]
            return top, _looked_through(splits), beside
        if len(inner) != 1 or not holds_folders(top / inner[0]):
            break
        top = top / inner[0]
    if splits and len(splits) == len(inner):
        names = " and ".join(f"'{folder.name}'" for folder in splits.values())
        raise UserError(f"'{top}' holds {names}, but no training images: put them into '{top / 'train'}'.")
    return top, {}, []


def split_of(name: str) -> tuple[str | None, str]:
    """(the split that a folder's name means, the rest of the name): "Test Set" is (TEST, ""), "seg_train" is (TRAIN,
    "seg"), and "2017 train" (TRAIN, "")."""
    words = [_SUFFIX.sub("", word) for word in re.findall(r"[^\W\d_]+", name.lower())]
    found = {USUAL[word] for word in words if word in USUAL}
    return (found.pop() if len(found) == 1 else None), " ".join(word for word in words if word and word not in USUAL)


def _named_splits(top: Path, inner: list[str]) -> tuple[dict[str, Path], list[tuple[str, Path]]]:
    """The folders with the usual names of splits, and those with such a name that contain no class.

    Splits contain folders: else `train` is a class beside bus and car. Beside training images, a folder with a split's
    name may be empty, which is an error, or contain images of no class.
    """
    named: dict[str, list[tuple[str, Path]]] = {}
    for name in inner:
        split, rest = split_of(name)
        if split is not None:
            named.setdefault(rest, []).append((split, top / name))
    # seg_train and seg_test are splits; a single "train station" is not.
    both = [rest for rest, some in named.items() if rest and {TRAIN} < {split for split, _ in some}]
    plain = named.get("", [])
    some = named[both[0]] if len(both) == 1 and TRAIN not in dict(plain) else plain
    found: dict[str, Path] = {}
    for split, folder in some:
        if not holds_folders(folder):
            continue
        if split in found:
            raise UserError(f"'{found[split]}' and '{folder}' both look like {split} images: rename one of them.")
        found[split] = folder
    beside = []
    if TRAIN in found:
        for split, folder in some:
            if split not in found and not holds_folders(folder):
                if not entries(folder):
                    raise UserError(f"'{folder}' holds no images: put some there, one folder per class, or remove it.")
                beside.append(("folders with images of no class", folder))
    return found, beside


def _looked_through(splits: dict[str, Path]) -> dict[str, Path]:
    """Where the classes of each split are: below a folder that is the only one in it and is not a training class."""
    deep = {TRAIN: _deepest(splits[TRAIN], set())}
    classes = set(folders(deep[TRAIN]))
    return deep | {split: _deepest(folder, classes) for split, folder in splits.items() if split != TRAIN}


def _deepest(folder: Path, classes: set[str]) -> Path:
    for _ in range(DEPTH):
        inner = folders(folder)
        if len(inner) != 1 or inner[0] in classes or not holds_folders(folder / inner[0]):
            break
        folder = folder / inner[0]
    return folder


def entries(folder: Path) -> list[os.DirEntry]:
    """The entries of a folder, by name. Raises UserError if it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(folder, error) from error


def folders(top: Path) -> list[str]:
    """Names of the folders that may be classes or splits, including links, sorted as text.

    Raises UserError if `top` cannot be read.
    """
    return [entry.name for entry in entries(top) if _is_class(entry)]


def holds_folders(folder: Path) -> bool:
    """Whether a folder contains any that may be a class or a split. Raises UserError if it cannot be read."""
    return any(_is_class(entry) for entry in entries(folder))


def _is_class(entry: os.DirEntry) -> bool:
    if leads_out(entry.path):
        return False
    return entry.is_dir() and not entry.name.startswith(".") and entry.name not in JUNK_FOLDERS


def unreadable(path: str | Path, error: OSError) -> UserError:
    """The error for a file or folder that the operating system does not let us read."""
    return UserError(f"Cannot read '{path}' ({error.strerror}): make it readable, or remove it.")
