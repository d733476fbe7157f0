"""How long a network takes to answer, measured on this server when somebody asks."""

from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from explorer.runs import Run
from explorer.ui import cache

if TYPE_CHECKING:
    from explorer.insights.cost import InferenceTime

one_at_a_time = Lock()  # two clocks running at once would measure each other


def timed(run: Run, batch: int, device: str = "cpu") -> "InferenceTime":
    """Forward passes of a batch of so many images; runs of one architecture share the measurement."""
    return _time(cache.shape(run), batch, device)


@st.cache_data(max_entries=256, show_spinner="Timing forward passes …")
def _time(shape: tuple, batch: int, device: str) -> "InferenceTime":
    import torch

    from explorer.insights.cost import inference_time
    from explorer.models import build

    model, options, channels, classes, size = shape
    with torch.random.fork_rng([]):  # weights decide nothing about the time; the process's random state must not move
        built = build(model, channels, classes, size=size, **dict(options))
    with one_at_a_time:
        return inference_time(built, channels, size, batch, device)
