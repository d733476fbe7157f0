"""What pages compute from weights and an image. Results are cached by both, so going back to an earlier choice costs
nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer.data import to_tensor
from explorer.insights.attribution import METHODS, Attribution, explain
from explorer.insights.features import feature_maps
from explorer.insights.layers import MapLayer, conv_layers, last_wide, layer_shapes, map_layers
from explorer.insights.predict import predict
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, image_cache, names
from explorer.ui.pickers.input_image import BY_IMAGE, InputImage

if TYPE_CHECKING:
    from torch import Tensor


def inputs(checkpoint: Checkpoint, image: InputImage) -> "Tensor":
    """The image as the network's input: float32 (1, C, H, W) in [0, 1]."""
    return to_tensor(image.prepared(checkpoint.input_spec)[None])


@image_cache.by_image(256, hash_funcs=BY_IMAGE)
def probabilities(checkpoint: Checkpoint, image: InputImage) -> np.ndarray:
    """Class probabilities: float32 (classes,)."""
    return predict(cache.model(checkpoint), inputs(checkpoint, image))[0]


@image_cache.by_image(16, most_own=4, hash_funcs=BY_IMAGE)  # those of a large network take 13 MB
def maps(checkpoint: Checkpoint, layer: str, image: InputImage) -> np.ndarray:
    """float32 (channels, h, w), or (units,) for a flat layer."""
    return feature_maps(cache.model(checkpoint), layer, inputs(checkpoint, image))[0]


@image_cache.by_image(256, hash_funcs=BY_IMAGE)
def attribution(
    method: str, checkpoint: Checkpoint, layer: str | None, target: int | None, contrast: int | None, image: InputImage
) -> Attribution:
    """An explanation of the image; `target` None explains the predicted class."""
    return explain(method, cache.model(checkpoint), inputs(checkpoint, image), layer, target, contrast)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def shapes(source: WeightsSource) -> dict[str, tuple[int, ...]]:
    """The output shape of every layer for one image, in the order in which the layers run; nothing is computed."""
    return layer_shapes(source.network.on_meta(), source.network.channels, source.network.size)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def map_layers_of(source: WeightsSource) -> list[MapLayer]:
    """The convolutions, activations and blocks that output maps, in the order in which they finish."""
    return map_layers(source.network.on_meta(), source.network.channels, source.network.size)


@st.cache_data(max_entries=1024, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def _why_not(source: WeightsSource, method: str) -> str | None:
    return METHODS[method].why_not(source.network)


def why_not(source: WeightsSource, method: str) -> str | None:
    """Why a method cannot explain the run's network, in a sentence that names the run; None if it can."""
    reason = _why_not(source, method)
    return f"{names.of(source)} ({source.config.model}): {reason}" if reason else None


def first_method(chosen: Sequence[WeightsSource]) -> str:
    """The method to begin with: Grad-CAM, or if it cannot explain one of the networks, the first that explains all."""
    preferred = dict.fromkeys(["grad-cam", "input-x-gradient", *METHODS])
    return next((name for name in preferred if not any(_why_not(source, name) for source in chosen)), "grad-cam")


def cam_layer(source: WeightsSource) -> str:
    """The last block or activation whose map is at least 4×4. Raises UserError if there is none."""
    return last_wide(map_layers_of(source), source.input_spec.size)


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def convolutions(source: WeightsSource) -> list[str]:
    """Names of the convolutions, in the order in which they run."""
    return conv_layers(source.network.on_meta())
