"""How long a network takes to answer, measured on this server when somebody asks."""

from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from explorer.runs import Run

if TYPE_CHECKING:
    from explorer.insights.cost import InferenceTime
    from explorer.models.network import Network

one_at_a_time = Lock()  # two clocks running at once would measure each other


def timed(run: Run, batch: int, device: str = "cpu") -> "InferenceTime":
    """Forward passes of a batch of so many images; runs of one architecture share the measurement."""
    return _time(run.network, batch, device)


@st.cache_data(max_entries=256, show_spinner="Timing forward passes …")
def _time(network: "Network", batch: int, device: str) -> "InferenceTime":
    import torch

    from explorer.insights.cost import inference_time

    with torch.random.fork_rng([]):  # weights decide nothing about the time; the process's random state must not move
        built = network.build()
    with one_at_a_time:
        return inference_time(built, network.channels, network.size, batch, device)
