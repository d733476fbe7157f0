"""What pages compute from a model and an image, cached by run, weights and image: toggling back costs nothing.

Arguments that begin with an underscore are not part of the cache's key; `changed` stands for the weights.
"""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer.data import to_tensor
from explorer.insights.attribution import METHODS, Attribution, explain
from explorer.insights.features import feature_maps
from explorer.insights.layers import MapLayer, conv_layers, last_wide, layer_shapes, map_layers
from explorer.insights.predict import predict
from explorer.runs import Run
from explorer.runs.weights import weights_file
from explorer.ui import cache, kept
from explorer.ui.pickers.image import InputImage

if TYPE_CHECKING:
    from torch import Tensor


def changed(run: Run, epoch: int | str) -> int:
    return cache.stamp(run, f"weights/{weights_file(run, epoch).name}")


def inputs(run: Run, picture: InputImage) -> "Tensor":
    """The picture as the run's model takes it: float32 (1, C, H, W) in [0, 1]."""
    return to_tensor(picture.prepared(run.input_spec)[None])


def probabilities(run: Run, epoch: int | str, picture: InputImage) -> np.ndarray:
    """float32 (classes,)"""
    return _probabilities(run.id, epoch, changed(run, epoch), picture.key, run, picture)


@kept.by_image(256)
def _probabilities(run_id, epoch, changed, key, _run: Run, _picture: InputImage) -> np.ndarray:
    return predict(cache.model(_run, epoch), inputs(_run, _picture))[0]


def maps(run: Run, epoch: int | str, layer: str, picture: InputImage) -> np.ndarray:
    """float32 (channels, h, w), or (units,) for a flat layer."""
    return _maps(run.id, epoch, changed(run, epoch), layer, picture.key, run, picture)


@kept.by_image(16, most_own=4)  # those of a large network are 13 MB
def _maps(run_id, epoch, changed, layer, key, _run: Run, _picture: InputImage) -> np.ndarray:
    return feature_maps(cache.model(_run, epoch), layer, inputs(_run, _picture))[0]


def attribution(
    method: str,
    run: Run,
    epoch: int | str,
    layer: str | None,
    target: int | None,
    contrast: int | None,
    picture: InputImage,
) -> Attribution:
    """An explanation of the picture; `target` None explains the predicted class."""
    return _attribution(method, run.id, epoch, changed(run, epoch), layer, target, contrast, picture.key, run, picture)


@kept.by_image(256)
def _attribution(
    method, run_id, epoch, changed, layer, target, contrast, key, _run: Run, _picture: InputImage
) -> Attribution:
    return explain(method, cache.model(_run, epoch), inputs(_run, _picture), layer, target, contrast)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def shapes(run: Run) -> dict[str, tuple[int, ...]]:
    """Output shape of every layer for one image, in the order in which they run; nothing is computed for it."""
    return layer_shapes(run.network.on_meta(), run.network.channels, run.network.size)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def map_layers_of(run: Run) -> list[MapLayer]:
    """The convolutions, activations and blocks that put out maps, in the order in which they finish."""
    return map_layers(run.network.on_meta(), run.network.channels, run.network.size)


@st.cache_data(max_entries=1024, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def _why_not(run: Run, method: str) -> str | None:
    return METHODS[method].why_not(run.network)


def why_not(run: Run, method: str) -> str | None:
    """Why a method cannot explain the run's network, in a sentence that names the run; None if it can."""
    reason = _why_not(run, method)
    return f"{run.id} ({run.config.model}): {reason}" if reason else None


def cam_layer(run: Run) -> str:
    """The last block or activation whose map is at least 4×4; UserError if there is none."""
    return last_wide(map_layers_of(run), run.input_spec.size)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def convolutions(run: Run) -> list[str]:
    """Names of the convolutions, in the order in which they run."""
    return conv_layers(run.network.on_meta())
