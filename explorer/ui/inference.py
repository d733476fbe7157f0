"""How long inference takes, measured on this server when somebody asks."""

from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from explorer.runs import Run
from explorer.ui import cache

if TYPE_CHECKING:
    from explorer.insights.cost import InferenceTime

one_at_a_time = Lock()  # two clocks running at once would measure each other


@st.cache_data(max_entries=256, show_spinner="Timing forward passes …", hash_funcs=cache.BY_NETWORK)
def timed(run: Run, batch: int, device: str = "cpu") -> "InferenceTime":
    """Forward passes of a batch of so many images; runs of one architecture share the measurement."""
    import torch

    from explorer.insights.cost import inference_time

    with torch.random.fork_rng([]):  # weights decide nothing about the time; the process's random state must not move
        built = run.network.build()
    with one_at_a_time:
        return inference_time(built, run.network.channels, run.network.size, batch, device)
