"""An image on which one clicks: a tile of many, or a pixel. Works by keyboard: arrows move, Enter chooses."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from explorer import charts

HTML = """
<div class="click-image" tabindex="0" role="application">
  <img draggable="false"><div class="cell chosen"></div><div class="cell under"></div>
</div>
"""
_HERE = Path(__file__)
_IMAGE = st.components.v2.component(
    "click_image",
    html=HTML,
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def component_key(key: str) -> str:
    """A key that a component may have: Streamlit keeps two underscores for itself, which a run's id may hold."""
    return key.replace("__", "_._")


def click_image(
    image: np.ndarray | str,
    alt: str,
    cells: tuple[int, int],
    key: str,
    on_pick: Callable[[int, int], None] | None,
    chosen: tuple[int, int] | None = None,
    labels: Sequence[str] = (),
) -> None:
    """Draw uint8 (H, W, 3), or a link by `charts.data_url`, as wide as there is room; a click calls
    on_pick(row, column) before the page runs again.

    cells: rows and columns of equal parts that the image is divided into. chosen: the one that gets a frame. labels:
    what is said of each under the pointer, row by row; without a label a cell cannot be chosen (() for all: all can).
    on_pick None: nothing can be chosen, the labels alone are shown.
    """
    rows, columns = cells
    key = component_key(key)

    def picked() -> None:
        # What comes from a browser is not to be trusted.
        cell = st.session_state[key].picked
        if not (isinstance(cell, list) and len(cell) == 2 and all(type(place) is int for place in cell)):
            return
        row, column = cell
        known = 0 <= row < rows and 0 <= column < columns
        if on_pick and known and (not labels or row * columns + column < len(labels)):
            on_pick(row, column)

    _IMAGE(
        key=key,
        data={
            "image": image if isinstance(image, str) else charts.data_url(image),
            "alt": alt,
            "rows": rows,
            "columns": columns,
            "chosen": list(chosen) if chosen else None,
            "labels": list(labels),
            "picks": on_pick is not None,
        },
        on_picked_change=picked,
    )
