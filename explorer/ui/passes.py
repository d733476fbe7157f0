"""Long passes over many images: done once for all visitors, with a progress bar."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from explorer.data import Dataset, network_input
from explorer.runs import WeightsSource
from explorer.ui import cache, choices
from explorer.ui.markdown import literal
from explorer.ui.pickers import samples

T = TypeVar("T")
Progress = Callable[[float], None]  # takes the share that is done, 0 to 1


def once(key: tuple[Hashable, ...], compute: Callable[[Progress], T], saying: str) -> T:
    """compute(progress), cached under a key that names everything that the result depends on.

    This does not use Streamlit's cache, which would draw the progress bar again each time the result is fetched.
    """
    entry = _kept(key)
    if "result" not in entry:
        slot = st.empty()

        def progress(share: float) -> None:
            slot.progress(share, literal(saying))

        progress(0.0)
        with entry["one at a time"]:  # a visitor who comes meanwhile waits and then finds the result
            if "result" not in entry:
                entry["result"] = compute(progress)
        slot.empty()
    return entry["result"]


def is_done(key: tuple[Hashable, ...]) -> bool:
    """Whether the result is already cached."""
    return "result" in _kept(key)


@st.cache_resource(max_entries=12, show_spinner=False, hash_funcs=cache.keys())
def _kept(key: tuple[Hashable, ...]) -> dict[str, Any]:
    return {"one at a time": Lock()}


def images_for(source: WeightsSource) -> Dataset:
    """The images that a run is examined with; for a published model, the data set that its samples come from."""
    if source.has_history:
        return cache.data_with_warning(source)
    offered = samples.colour_data()
    name = choices.value_of("images-of")
    if name not in offered:  # at first, and if the runs on those images have been deleted
        name = next(iter(offered))
    return cache.dataset(name, offered[name], skip_damaged=True)


def some_of(data: Dataset, most: int) -> np.ndarray:
    """Indices of at most `most` validation images, spread evenly over all of them: int64 (n,)."""
    many = len(data.validation)
    return np.unique(np.linspace(0, many - 1, min(most, many)).round().astype(np.int64))


def prepared(source: WeightsSource, data: Dataset, which: np.ndarray) -> np.ndarray:
    """Validation images as the network sees them: uint8 (n, C, H, W)."""
    spec, pixels = source.input_spec, data.validation.pixels[which]
    return pixels if pixels.shape[1:] == spec.shape else np.stack([network_input(image, spec) for image in pixels])
