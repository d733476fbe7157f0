"""An image on which one clicks: a tile of many, or a pixel. Works by keyboard: arrows move, Enter chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer import charts
from explorer.ui import saving
from explorer.ui.components.component import component

HTML = """
<div class="click-image" tabindex="0" role="application">
  <img draggable="false"><div class="cell chosen"></div><div class="cell under"></div>
</div>
"""
_IMAGE = component(__file__, HTML)


@dataclass(frozen=True)
class Cells:
    """The equal parts that an image is divided into."""

    rows: int
    columns: int
    labels: Sequence[str] = ()  # shown under the pointer, row by row; a cell without one cannot be chosen; (): all can
    chosen: tuple[int, int] | None = None  # row and column of the one that gets a frame

    def can_be_chosen(self, row: int, column: int) -> bool:
        """Whether there is such a cell, and it has a label if any has."""
        within = 0 <= row < self.rows and 0 <= column < self.columns
        return within and (not self.labels or row * self.columns + column < len(self.labels))


def component_key(key: str) -> str:
    """A key that a component may have: Streamlit keeps two underscores for itself, which a run's id may hold."""
    return key.replace("__", "_._")


def click_image(
    image: np.ndarray | str,
    alt: str,
    cells: Cells,
    key: str,
    on_pick: Callable[[int, int], None] | None,
    answer: str = "",
) -> None:
    """Draw uint8 (H, W, 3), or a link by `charts.data_url`, as wide as there is room; a click calls
    on_pick(row, column) before the page runs again.

    on_pick None: nothing can be chosen, the labels of the cells alone are shown. answer: the key of a container that a
    click brings into sight.
    """
    key = component_key(key)
    saving.image(image, alt)

    def picked() -> None:
        # What comes from a browser is not to be trusted.
        cell = st.session_state[key].picked
        if not (isinstance(cell, list) and len(cell) == 2 and all(type(index) is int for index in cell)):
            return
        row, column = cell
        if on_pick and cells.can_be_chosen(row, column):
            on_pick(row, column)

    _IMAGE(
        key=key,
        data={
            "image": image if isinstance(image, str) else charts.data_url(image),
            "alt": alt,
            "rows": cells.rows,
            "columns": cells.columns,
            "chosen": list(cells.chosen) if cells.chosen else None,
            "labels": list(cells.labels),
            "picks": on_pick is not None,
            "answer": f".st-key-{answer}" if answer else "html > none",
        },
        on_picked_change=picked,
    )
