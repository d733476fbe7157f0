"""What the lesson shows: a run on data with a shortcut, its predictions, its maps, and where the mark is."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from explorer.data import Images, to_tensor
from explorer.data.shortcut import Shortcut, is_local, parsed, region
from explorer.insights.attribution import explain
from explorer.insights.mistakes import Predictions
from explorer.insights.predict import predict
from explorer.insights.shortcut import ShortcutReliance, shortcut_reliance
from explorer.runs import Checkpoint, Run
from explorer.runs.checkpoint import trained_on_images
from explorer.runs.same_data import in_order
from explorer.ui import cache, predictions

EXPLAINED = 60  # test images for the mean share of the map
METHOD = "input-x-gradient"  # as fine as the pixels: a map of 8×8 would spread the mark over half the image
OURS = Shortcut("corner", "shapes")  # describes `shapes-shortcut`


def planted_in(data: str) -> Shortcut | None:
    """The shortcut in a data set; None if it has none."""
    return OURS if data == "shapes-shortcut" else parsed(data)


@dataclass(frozen=True)
class Lesson:
    """One run on data with a shortcut."""

    run: Run
    shortcut: Shortcut

    @property
    def checkpoint(self) -> Checkpoint:
        """The weights of the best epoch."""
        return Checkpoint(self.run)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that the network knows."""
        return self.run.input_spec.classes

    @cached_property
    def train(self) -> Images:
        """The training images, with their marks."""
        return cache.data_of(self.run).train

    @cached_property
    def test_images(self) -> Images:
        """The test images, in which every mark is equally frequent in each class."""
        return predictions.images_of(self.run, predictions.TEST)

    @cached_property
    def validation(self) -> Predictions:
        """Predictions for the validation images, which share the flaw of the training images."""
        return predictions.of_checkpoint(self.checkpoint, predictions.VALIDATION)

    @cached_property
    def test(self) -> Predictions:
        """Predictions for the test images."""
        return predictions.of_checkpoint(self.checkpoint, predictions.TEST)

    @cached_property
    def marks(self) -> np.ndarray:
        """The class whose mark each test image carries, int64 (N,)."""
        marks = self.test_images.marks
        return self.test.labels if marks is None else marks

    @cached_property
    def apart(self) -> np.ndarray:
        """Indices of the test images that carry the mark of another class, int64."""
        return np.flatnonzero(self.marks != self.test.labels)

    @cached_property
    def reliance(self) -> ShortcutReliance:
        """Whether the network follows the mark or the image when they disagree."""
        return shortcut_reliance(self.test, self.marks)

    @property
    def region(self) -> np.ndarray:
        """Where the mark is, bool (H, W)."""
        return region(self.shortcut.mark, self.run.input_spec.size)

    @property
    def is_local(self) -> bool:
        """Whether the mark covers only a part of the image."""
        return is_local(self.shortcut.mark)

    @property
    def explained(self) -> np.ndarray:
        """Indices of test images spread over the split, because neighbours may carry the same mark; int64."""
        return spread(len(self.test_images), EXPLAINED)

    def maps(self) -> np.ndarray:
        """The maps of those images for the predicted class: float32 (n, H, W)."""
        return _maps(self.checkpoint, cache.data_of(self.run).fingerprint)

    def unmarked(self) -> float:
        """The accuracy on the same test images without marks, a fraction."""
        return _unmarked(self.checkpoint, self.shortcut.base, cache.data_of(self.run).fingerprint)


def spread(n: int, most: int) -> np.ndarray:
    """At most `most` indices below n, spread evenly."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)


@st.cache_data(max_entries=8, show_spinner="Explaining …", hash_funcs=cache.keys())
def _maps(checkpoint: Checkpoint, fingerprint: str) -> np.ndarray:
    images = predictions.images_of(checkpoint.source, predictions.TEST)
    pixels = to_tensor(images.pixels[spread(len(images), EXPLAINED)])
    return explain(METHOD, cache.model(checkpoint), pixels).map


@st.cache_data(max_entries=8, show_spinner="Classifying the images without marks …", hash_funcs=cache.keys())
def _unmarked(checkpoint: Checkpoint, base: str, fingerprint: str) -> float:
    config, model = trained_on_images(checkpoint.source).config, cache.model(checkpoint)
    data = in_order(cache.dataset(base, config.image_size, config.skip_damaged), checkpoint.input_spec.classes)
    right = 0
    for start in range(0, len(data.test), predictions.AT_ONCE):
        pixels = data.test.pixels[start : start + predictions.AT_ONCE]
        pixels = np.repeat(pixels, checkpoint.input_spec.channels // pixels.shape[1], axis=1)
        labels = data.test.labels[start : start + predictions.AT_ONCE]
        right += int((predict(model, to_tensor(pixels)).argmax(axis=1) == labels).sum())
    return right / len(data.test)
