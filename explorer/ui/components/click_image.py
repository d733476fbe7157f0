"""A clickable image: a click chooses a tile or a pixel. It works by keyboard: arrows move, Enter chooses."""

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
    labels: Sequence[str] = ()  # for the pointer, row by row; only cells with one can be chosen; (): all can
    chosen: tuple[int, int] | None = None  # row and column of the framed cell

    def can_be_chosen(self, row: int, column: int) -> bool:
        """Whether the cell exists and, if cells have labels, has one."""
        within = 0 <= row < self.rows and 0 <= column < self.columns
        return within and (not self.labels or row * self.columns + column < len(self.labels))


def component_key(key: str) -> str:
    """A valid key for a component: Streamlit reserves two underscores, which a run's id may contain."""
    return key.replace("__", "_._")


def click_image(
    image: np.ndarray | str,
    alt: str,
    cells: Cells,
    key: str,
    on_pick: Callable[[int, int], None] | None,
    answer: str = "",
) -> None:
    """Draw uint8 (H, W, 3), or a data URL by `charts.data_url`, as wide as the space allows; a click calls on_pick(row,
    column) before the page runs again.

    If `on_pick` is None, nothing can be chosen and the image only shows the labels of its cells. `answer`: the key of a
    container that a click scrolls into view.
    """
    key = component_key(key)
    saving.image(image, alt)

    def picked() -> None:
        # Never trust what a browser sends.
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
