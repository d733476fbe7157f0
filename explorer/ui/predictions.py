"""What runs predict for a whole split: computed once for all visitors, with progress; an interruption loses nothing."""

from typing import Any

import numpy as np
import streamlit as st

from explorer.data import Dataset, Images, to_tensor
from explorer.insights.mistakes import Predictions
from explorer.insights.predict import predict
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, names
from explorer.ui.markdown import literal

VALIDATION, TEST = "validation", "test"
AT_ONCE = 512  # images between two checks whether the visitor has clicked something else


def images_of(source: WeightsSource, split: str) -> Images:
    """The images of a split of the data that the run was trained on."""
    data = cache.data_of(source)
    return data.test if split == TEST else data.validation


def of_checkpoint(checkpoint: Checkpoint, split: str = VALIDATION) -> Predictions:
    """The predictions of a network with these weights, all computed on this machine, so that they match its
    explanations.

    Not the predictions that training stored: those have no probabilities, and may come from a GPU in bfloat16.
    """
    parts = _parts(checkpoint, split, cache.data_of(checkpoint.source))
    if "whole" not in parts:
        _finish(checkpoint, images_of(checkpoint.source, split), parts)
    return parts["whole"]


def _finish(checkpoint: Checkpoint, images: Images, parts: dict[int | str, Any]) -> None:
    model, bar = cache.model(checkpoint), st.empty()
    starts, found = range(0, len(images), AT_ONCE), []
    for start in starts:
        part = parts.get(start)
        if part is None:
            bar.progress(
                start / len(images), literal(f"{names.of(checkpoint.source)} classifies {len(images):,} images")
            )
            pixels = images.pixels[start : start + AT_ONCE]
            part = parts[start] = predict(model, to_tensor(pixels))
        found.append(part)
    bar.empty()
    parts["whole"] = Predictions.of(images.labels, np.concatenate(found))
    for start in starts:  # another visitor may be computing too, and may have stored the result
        parts.pop(start, None)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=cache.keys())
def _parts(checkpoint: Checkpoint, split: str, data: Dataset) -> dict[int | str, Any]:
    """Start index → probabilities until all are computed, then "whole" → predictions. A click elsewhere only interrupts
    the computation."""
    return {}
