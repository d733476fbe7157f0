"""A run meets its data again: are they still those that it learned from?

A run records the fingerprint, the class names and the shape of its images. Everything that combines a run with images
compares them here. Classes in another order are mapped by name. Other classes, or images of another shape, are refused,
because the network's predictions would have wrong names. Other images of the same classes can be shown, but may include
images that the network was trained on: the app says so, and training does not continue.
"""

from dataclasses import dataclass, replace

import numpy as np

from explorer.data import Dataset, Images
from explorer.errors import UserError
from explorer.runs.folder import Run
from explorer.runs.record import DatasetRecord


@dataclass(frozen=True)
class Met:
    """The current data of a run, in the run's own order of classes."""

    data: Dataset
    changed: str | None  # how the images differ from those of the training, a sentence; None if they do not


def meet(run: Run, data: Dataset) -> Met:
    """Compare what a run recorded about its data with what was loaded under their name.

    Raises UserError if the classes, the channels or the size differ. A run that has not begun fits any data.
    """
    recorded = run.record.dataset
    if recorded is None or recorded.fingerprint == data.fingerprint:
        return Met(data, None)
    _check_classes(run, recorded.classes, data)
    _check_shape(run, recorded, data)
    data = in_order(data, recorded.classes)
    return Met(data, None if recorded.fingerprint == data.fingerprint else _changed(run, recorded, data))


def same(run: Run, data: Dataset) -> Dataset:
    """The data of a run if they are those that it learned from. Raises UserError if anything has changed."""
    met = meet(run, data)
    if met.changed:
        raise UserError(f"{met.changed} Restore the images, or train again.")
    return met.data


def is_same(run: Run, fingerprint: str | None) -> bool:
    """Whether a run may have learned from data with this fingerprint; None stands for data that have not been
    loaded."""
    recorded = run.record.dataset.fingerprint if run.record.dataset else None
    return None in (recorded, fingerprint) or recorded == fingerprint


def in_order(data: Dataset, classes: tuple[str, ...]) -> Dataset:
    """The same images with their classes in this order; `classes` are the same names."""
    if data.classes == classes:
        return data
    index = np.array([classes.index(name) for name in data.classes], np.int64)

    def mapped(images: Images) -> Images:
        marks = None if images.marks is None else index[images.marks]
        return replace(images, labels=index[images.labels], marks=marks)

    parts = {split: mapped(getattr(data, split)) for split in ("train", "validation", "test")}
    return replace(data, classes=classes, **parts)


def _check_classes(run: Run, before: tuple[str, ...], data: Dataset) -> None:
    gone = [name for name in before if name not in data.classes]
    new = [name for name in data.classes if name not in before]
    if not gone and not new:
        return
    parts = [
        f"{_names(names)} {'is' if len(names) == 1 else 'are'} {what}"
        for names, what in ((gone, "gone"), (new, "new"))
        if names
    ]
    raise UserError(
        f"The classes of {data.name} have changed since {run.id} was trained: {' and '.join(parts)}. Restore the class "
        f"names, or train again."
    )


def _names(names: list[str], most: int = 5) -> str:
    quoted = [f"'{name}'" for name in names[:most]]
    return ", ".join(quoted) + (f" and {len(names) - most} more" if len(names) > most else "")


def _check_shape(run: Run, recorded: DatasetRecord, data: Dataset) -> None:
    before, today = (recorded.channels, recorded.size), (data.channels, data.size)
    if before != today:
        raise UserError(
            f"The images of {data.name} have changed since {run.id} was trained: {_shape(*before)} then, "
            f"{_shape(*today)} now. Restore the images, or train again."
        )


def _shape(channels: int, size: int) -> str:
    return f"{'grey' if channels == 1 else 'colour'} of {size} × {size} pixels"


def _changed(run: Run, recorded: DatasetRecord, data: Dataset) -> str:
    before = recorded.images.validation, recorded.images.test
    today = len(data.validation), len(data.test)
    if before != today:
        counts = f"{before[0]:,} validation and {before[1]:,} test images then, {today[0]:,} and {today[1]:,} now"
    else:
        counts = f"fingerprint {recorded.fingerprint[:8]} then, {data.fingerprint[:8]} now"
    return (
        f"The images of {data.name} or their splits have changed since {run.id} was trained ({counts}): its training "
        f"images may include some of today's validation and test images."
    )
