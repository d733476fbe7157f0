"""Buttons that choose the first or the last layer of all networks on a page."""

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.runs import WeightsSource
from explorer.ui.pickers.runs import keep_layer


def buttons(offered: Sequence[tuple[WeightsSource, Sequence[str]]]) -> None:
    """Show the two buttons; `offered`: each network with its layers, from first to last."""
    ends = {source.config.model: layers for source, layers in offered}
    st.button("First layer", key="first-layer", icon=":material/first_page:", on_click=_keep, args=[ends, 0])
    st.button("Last layer", key="last-layer", icon=":material/last_page:", on_click=_keep, args=[ends, -1])


def _keep(layers: Mapping[str, Sequence[str]], index: int) -> None:
    for model, of_model in layers.items():
        keep_layer(model, of_model[index])
