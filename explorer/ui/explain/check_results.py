"""Tests of explanations, cached by run, weights, image and settings."""

import numpy as np
import streamlit as st

from explorer.data import to_tensor
from explorer.data.dataset import Progress
from explorer.insights.attribution import METHODS
from explorer.insights.explanation_checks import (
    Cascade,
    Localisation,
    PixelCurves,
    Robustness,
    join,
    pixel_curves,
    point,
    randomise,
    robustness,
)
from explorer.runs import Checkpoint
from explorer.ui import cache, compute, image_cache, names
from explorer.ui.pickers.input_image import BY_IMAGE, InputImage

IMAGES = 200  # images of the test split for the pointing game
AT_ONCE = 20  # images between two checks whether the visitor has clicked Stop


@image_cache.by_image(64, hash_funcs=BY_IMAGE)
def cascade(checkpoint: Checkpoint, method: str, layer: str | None, image: InputImage) -> Cascade:
    """The maps while the layers are randomised one after the other."""
    return randomise(cache.model(checkpoint), compute.inputs(checkpoint, image), method, layer)


@image_cache.by_image(64, hash_funcs=BY_IMAGE)
def curves(
    checkpoint: Checkpoint, method: str, layer: str | None, baseline: str, image: InputImage
) -> tuple[PixelCurves, ...]:
    """(pixels in the order of the explanation, pixels in a random order)."""
    model, pixels = cache.model(checkpoint), compute.inputs(checkpoint, image)
    result = compute.attribution(method, checkpoint, layer, None, None, image)
    target = int(result.target[0])
    chance = np.random.RandomState(0).rand(*result.map[0].shape)
    return tuple(pixel_curves(model, pixels, heat, target, baseline) for heat in (result.map[0], chance))


@image_cache.by_image(64, hash_funcs=BY_IMAGE)
def robust(checkpoint: Checkpoint, method: str, layer: str | None, image: InputImage) -> Robustness:
    """Infidelity and sensitivity of the map."""
    result = compute.attribution(method, checkpoint, layer, None, None, image)
    return robustness(cache.model(checkpoint), compute.inputs(checkpoint, image), result)


def pointing(checkpoint: Checkpoint, method: str, layer: str | None) -> Localisation | None:
    """The result over those of the first 200 test images that have been explained so far, for the predicted class; None
    if there are none."""
    parts = _parts(checkpoint, method, layer)
    return join([parts[start] for start in sorted(parts)]) if parts else None


def go_on_pointing(checkpoint: Checkpoint, method: str, layer: str | None, progress: Progress) -> None:
    """Explain the remaining images in parts, so that an interruption loses nothing."""
    test = cache.data_of(checkpoint.source).test
    if test.masks is None:
        raise ValueError(f"The test images of {checkpoint.source.id} have no masks of the object.")
    parts = _parts(checkpoint, method, layer)
    for start in range(0, min(IMAGES, len(test)), AT_ONCE):
        if start not in parts:
            progress(
                start / IMAGES, f"{METHODS[method].title} of {names.of(checkpoint.source)}: {start} of {IMAGES} images"
            )
            part = slice(start, min(start + AT_ONCE, IMAGES))
            images = to_tensor(test.pixels[part])
            parts[start] = point(cache.model(checkpoint), images, test.masks[part], method, layer)


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=cache.keys())
def _parts(checkpoint: Checkpoint, method: str, layer: str | None) -> dict[int, Localisation]:
    """First image → the result of its part."""
    return {}
