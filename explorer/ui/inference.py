"""How long inference takes, measured on this server on request."""

from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from explorer.runs import Run
from explorer.ui import cache

if TYPE_CHECKING:
    from explorer.insights.cost import InferenceTime

one_at_a_time = Lock()  # two timings at once would disturb each other


@st.cache_data(max_entries=256, show_spinner="Timing forward passes …", hash_funcs=cache.BY_NETWORK)
def timed(run: Run, batch: int, device: str = "cpu") -> "InferenceTime":
    """Time forward passes of a batch of `batch` images; runs of one architecture share the measurement."""
    import torch

    from explorer.insights.cost import inference_time

    with torch.random.fork_rng([]):  # weights do not affect the time; the random state of the process must not change
        built = run.network.build()
    with one_at_a_time:
        return inference_time(built, run.network.channels, run.network.size, batch, device)
