"""How far each variant sees; this needs no training."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.errors import UserError
from explorer.models.layer_names import known
from explorer.ui import display, page
from explorer.ui.study.frames import VariantNetwork, View
from explorer.ui.study.panels.panel import Panel

COLUMNS = ["variant", "run", "layer", "place", "pixels"]


@st.cache_data(max_entries=64, show_spinner=False)
def growth(networks: tuple[VariantNetwork, ...]) -> pd.DataFrame:
    """The receptive field after every convolution and pooling up to the last convolution: COLUMNS.

    Omits networks whose receptive fields are not known.
    """

    from explorer.insights.receptive_field import field_growth

    rows = []
    for variant, run, network in networks:
        try:
            grown = field_growth(network.on_meta(), network.channels, network.size)
        except UserError:
            continue
        rows += [
            (variant, run, known(network, layer), number, field.size)
            for number, (layer, field) in enumerate(grown, start=1)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


@st.cache_resource(max_entries=64, show_spinner=False)
def _made(networks: tuple[VariantNetwork, ...], present: bool) -> dict:
    return display.specification(charts.receptive_growth(growth(networks), networks[0].network.size, present))


def _show(view: View, key: str) -> None:
    description = "Receptive field after each convolution and pooling, a line for each variant, beside the image's side"
    display.show(_made(view.networks(), page.presenting()), description, key=f"study-receptive-{key}")


PANELS: dict[str, Panel] = {
    "receptive field": Panel(
        "Receptive field, layer by layer",
        _show,
        "The side of the square of pixels that can change one unit, up to the last convolution; the effective "
        "receptive field is smaller (Luo et al. 2016). Above the image's side, a unit in the centre may see the whole "
        "image.",
        applies=lambda view: not growth(view.networks()).empty,
        untrained=True,
    ),
}
