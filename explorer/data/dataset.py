"""What a data set is, once it is in memory."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.data.input_spec import InputSpec, Preparation
from explorer.data.report import Report

Progress = Callable[[float, str], None]  # (fraction done in [0, 1], what is being done)


@dataclass(frozen=True, eq=False)
class Images:
    """`pixels`: uint8 (N, C, H, W). `labels`: int64 (N,), indices into the data set's classes.

    `masks`: bool (N, H, W), where the object is, for the few data sets that know it. `marks`: int64 (N,), the class
    whose mark an image carries, for data sets with a shortcut. No network sees either.
    """

    pixels: np.ndarray
    labels: np.ndarray
    masks: np.ndarray | None = None
    marks: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, chosen: np.ndarray) -> "Images":
        """The images for which `chosen`, bool (N,), is True."""
        optional = (None if values is None else values[chosen] for values in (self.masks, self.marks))
        return Images(self.pixels[chosen], self.labels[chosen], *optional)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Named images with classes and a fixed split. Callers share one: its arrays must not be changed."""

    name: str
    classes: tuple[str, ...]
    train: Images
    validation: Images
    test: Images
    preparation: Preparation = "photo"  # how a visitor's own images are prepared for a network that learned from these
    report: Report | None = None  # for a folder: what was read, and what was left out

    @property
    def channels(self) -> int:
        """1 (grey) or 3 (red, green, blue)."""
        return self.train.pixels.shape[1]

    @property
    def size(self) -> int:
        """Height and width in pixels."""
        return self.train.pixels.shape[2]

    @cached_property
    def input_spec(self) -> InputSpec:
        """The input of a network that learned from these images."""
        return InputSpec(self.name, self.channels, self.size, self.classes, self.mean, self.std, self.preparation)

    @cached_property
    def fingerprint(self) -> str:
        """Hexadecimal sha256 of all pixels, labels and class names: data sets with equal fingerprints are the same."""
        digest = hashlib.sha256(json.dumps(self.classes).encode())
        for images in (self.train, self.validation, self.test):
            digest.update(json.dumps(images.pixels.shape).encode())
            digest.update(np.ascontiguousarray(images.pixels).data)
            digest.update(np.ascontiguousarray(images.labels, dtype="<i8").data)
        return digest.hexdigest()

    @cached_property
    def mean(self) -> tuple[float, ...]:
        """Mean of the training pixels in [0, 1], per channel."""
        return tuple(float(counts @ _LEVELS / counts.sum()) for counts in self._histograms)

    @cached_property
    def std(self) -> tuple[float, ...]:
        """Standard deviation of the training pixels in [0, 1], per channel; at least 1/255, because it is a divisor."""
        channels = zip(self._histograms, self.mean, strict=True)
        variances = (counts @ (_LEVELS - mean) ** 2 / counts.sum() for counts, mean in channels)
        return tuple(max(float(variance) ** 0.5, 1 / 255) for variance in variances)

    @cached_property
    def _histograms(self) -> np.ndarray:
        """How often each of the 256 levels occurs in the training images, int64 (C, 256). Computed in parts, to save
        memory."""
        counts = np.zeros((self.channels, 256), np.int64)
        for start in range(0, len(self.train), 4096):
            part = self.train.pixels[start : start + 4096]
            for channel in range(self.channels):
                counts[channel] += np.bincount(part[:, channel].ravel(), minlength=256)
        return counts


_LEVELS = np.arange(256) / 255
