"""Tests of explanations, cached by run, weights, image and settings."""

import numpy as np
import streamlit as st

from explorer.data import to_tensor
from explorer.insights.attribution import METHODS
from explorer.insights.explanation_checks import (
    Cascade,
    Localisation,
    PixelCurves,
    Progress,
    Robustness,
    join,
    pixel_curves,
    point,
    randomise,
    robustness,
)
from explorer.runs import Run
from explorer.ui import cache, compute, kept
from explorer.ui.pickers.image import InputImage

IMAGES = 200  # of the test split, for the pointing game
AT_ONCE = 20  # images between two looks at the visitor, who may have clicked Stop


def cascade(run: Run, epoch: int | str, method: str, layer: str | None, picture: InputImage) -> Cascade:
    return _cascade(run.id, epoch, compute.changed(run, epoch), method, layer, picture.key, run, picture)


@kept.by_image(64)
def _cascade(run_id, epoch, changed, method, layer, key, _run: Run, _picture: InputImage) -> Cascade:
    return randomise(cache.model(_run, epoch), compute.inputs(_run, _picture), method, layer)


def curves(
    run: Run, epoch: int | str, method: str, layer: str | None, picture: InputImage, baseline: str
) -> tuple[PixelCurves, PixelCurves]:
    """In the order of the explanation, and in a random order."""
    stamp = compute.changed(run, epoch)
    return _curves(run.id, epoch, stamp, method, layer, picture.key, baseline, run, picture)


@kept.by_image(64)
def _curves(run_id, epoch, changed, method, layer, key, baseline, _run: Run, _picture: InputImage):
    model, image = cache.model(_run, epoch), compute.inputs(_run, _picture)
    result = compute.attribution(method, _run, epoch, layer, None, None, _picture)
    target = int(result.target[0])
    chance = np.random.RandomState(0).rand(*result.map[0].shape)
    return tuple(pixel_curves(model, image, heat, target, baseline) for heat in (result.map[0], chance))


def robust(run: Run, epoch: int | str, method: str, layer: str | None, picture: InputImage) -> Robustness:
    return _robust(run.id, epoch, compute.changed(run, epoch), method, layer, picture.key, run, picture)


@kept.by_image(64)
def _robust(run_id, epoch, changed, method, layer, key, _run: Run, _picture: InputImage) -> Robustness:
    result = compute.attribution(method, _run, epoch, layer, None, None, _picture)
    return robustness(cache.model(_run, epoch), compute.inputs(_run, _picture), result)


def pointing(run: Run, epoch: int | str, method: str, layer: str | None) -> Localisation | None:
    """Over those of the first 200 test images that were explained so far, as predicted; None before the first."""
    parts = _parts(str(run.path), epoch, compute.changed(run, epoch), method, layer)
    return join([parts[start] for start in sorted(parts)]) if parts else None


def go_on_pointing(run: Run, epoch: int | str, method: str, layer: str | None, progress: Progress) -> None:
    """Explain the images that are left, in parts: who is interrupted has lost nothing."""
    test = cache.data_of(run).test
    if test.masks is None:
        raise ValueError(f"Of the test images of {run.id}, nobody knows where their objects are.")
    parts = _parts(str(run.path), epoch, compute.changed(run, epoch), method, layer)
    for start in range(0, min(IMAGES, len(test)), AT_ONCE):
        if start not in parts:
            progress(start / IMAGES, f"{METHODS[method].title} of {run.id}: {start} of {IMAGES} images")
            part = slice(start, min(start + AT_ONCE, IMAGES))
            images = to_tensor(test.pixels[part])
            parts[start] = point(cache.model(run, epoch), images, test.masks[part], method, layer)


@st.cache_resource(max_entries=128, show_spinner=False)
def _parts(path: str, epoch: int | str, changed: int, method: str, layer: str | None) -> dict[int, Localisation]:
    """First image → what was found in its part."""
    return {}
