"""How far each variant sees; nothing need be trained for it."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.errors import UserError
from explorer.ui import cache, display, page
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel

COLUMNS = ["variant", "run", "layer", "place", "pixels"]


def growth(networks: tuple[tuple[str, str, tuple], ...]) -> pd.DataFrame:
    """The receptive field after every convolution and pooling up to the last convolution: COLUMNS.

    `networks`: (variant, run id that gives it its colour, shape). Without those whose fields are not known.
    """
    from explorer.insights.receptive_field import field_growth

    rows = []
    for variant, run, shape in networks:
        _, _, channels, _, size = shape
        try:
            grown = field_growth(cache.on_meta(shape), channels, size)
        except UserError:
            continue
        rows += [(variant, run, layer, place, field.size) for place, (layer, field) in enumerate(grown, start=1)]
    return pd.DataFrame(rows, columns=COLUMNS)


@st.cache_data(max_entries=64, show_spinner=False)
def _growth(networks: tuple[tuple[str, str, tuple], ...]) -> pd.DataFrame:
    return growth(networks)


@st.cache_resource(max_entries=64, show_spinner=False)
def _made(networks: tuple[tuple[str, str, tuple], ...], present: bool) -> dict:
    *_, size = networks[0][-1]
    return display.specification(charts.receptive_growth(_growth(networks), size, present))


def _show(view: View, place: str) -> None:
    description = "Receptive field after each convolution and pooling, a line for each variant, beside the image's side"
    display.show(_made(view.networks(), page.presenting()), description, key=f"study-receptive-{place}")


PANELS: dict[str, Panel] = {
    "receptive field": Panel(
        "Receptive field, layer by layer",
        _show,
        "The side of the square of pixels that can change one unit, up to the last convolution; what the unit really "
        "looks at is less (Luo et al. 2016). Above the image's side, a unit in the middle may see all of it.",
        applies=lambda view: not _growth(view.networks()).empty,
        untrained=True,
    ),
}
