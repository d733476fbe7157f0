"""Tests of explanations, cached by run, weights, image and settings."""

import numpy as np
import streamlit as st

from explorer.insights.explanation_checks import (
    Cascade,
    Localisation,
    PixelCurves,
    Robustness,
    pixel_curves,
    point,
    randomise,
    robustness,
)
from explorer.runs import Run
from explorer.ui import compute, load
from explorer.ui.picture import Picture

IMAGES = 200  # of the test split, for the pointing game
SMALL = dict(max_entries=64, show_spinner=False)  # noqa: C408


def cascade(run: Run, epoch: int | str, method: str, layer: str | None, picture: Picture) -> Cascade:
    return _cascade(run.id, epoch, compute.changed(run, epoch), method, layer, picture.key, run, picture)


@st.cache_data(**SMALL)
def _cascade(run_id, epoch, changed, method, layer, key, _run: Run, _picture: Picture) -> Cascade:
    return randomise(load.model(_run, epoch), compute.inputs(_run, _picture), method, layer)


def curves(
    run: Run, epoch: int | str, method: str, layer: str | None, picture: Picture, baseline: str
) -> tuple[PixelCurves, PixelCurves]:
    """In the order of the explanation, and in a random order."""
    stamp = compute.changed(run, epoch)
    return _curves(run.id, epoch, stamp, method, layer, picture.key, baseline, run, picture)


@st.cache_data(**SMALL)
def _curves(run_id, epoch, changed, method, layer, key, baseline, _run: Run, _picture: Picture):
    model, image = load.model(_run, epoch), compute.inputs(_run, _picture)
    result = compute.attribution(method, _run, epoch, layer, None, None, _picture)
    target = int(result.target[0])
    chance = np.random.RandomState(0).rand(*result.map[0].shape)
    return tuple(pixel_curves(model, image, heat, target, baseline) for heat in (result.map[0], chance))


def robust(run: Run, epoch: int | str, method: str, layer: str | None, picture: Picture) -> Robustness:
    return _robust(run.id, epoch, compute.changed(run, epoch), method, layer, picture.key, run, picture)


@st.cache_data(**SMALL)
def _robust(run_id, epoch, changed, method, layer, key, _run: Run, _picture: Picture) -> Robustness:
    result = compute.attribution(method, _run, epoch, layer, None, None, _picture)
    return robustness(load.model(_run, epoch), compute.inputs(_run, _picture), result)


def pointing(run: Run, epoch: int | str, method: str, layer: str | None) -> Localisation | None:
    """Over the first 200 test images, explaining the predicted classes; None where the object's place is unknown."""
    if load.dataset(run.config.dataset, run.config.image_size).test.masks is None:
        return None
    return _pointing(run.id, epoch, compute.changed(run, epoch), method, layer, run)


@st.cache_data(**SMALL)
def _pointing(run_id, epoch, changed, method, layer, _run: Run) -> Localisation:
    import torch

    test = load.dataset(_run.config.dataset, _run.config.image_size).test
    images = torch.from_numpy(test.pixels[:IMAGES]).float() / 255
    bar = st.progress(0.0)
    found = point(load.model(_run, epoch), images, test.masks[:IMAGES], method, layer, None, bar.progress)
    bar.empty()
    return found
