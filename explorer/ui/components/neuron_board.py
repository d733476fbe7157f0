"""The board of the Perceptron page: points to drag, add and remove, and a line that moves with every correction.

The browser has all corrections from the start, so playing, stepping and scrubbing ask nothing of the server; only
changing the points does.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.training.perceptron import HIGH, LOW, History, Points
from explorer.ui.components.component import component

KEY = "neuron-board"
HTML = """
<div class="board">
  <div class="row tools" role="group" aria-label="What a click does">
    <button type="button" data-tool="move">Move</button>
    <button type="button" data-tool="0" aria-label="Add class 0">Add <span class="class-0">●</span></button>
    <button type="button" data-tool="1" aria-label="Add class 1">Add <span class="class-1">▲</span></button>
    <button type="button" data-tool="remove">Remove</button>
    <span class="hint"></span>
  </div>
  <svg role="group" aria-label="The points and the line of the neuron"></svg>
  <p class="message" aria-live="polite"></p>
  <div class="row player">
    <button type="button" data-act="play" class="first"></button>
    <button type="button" data-act="back" aria-label="Previous correction">‹</button>
    <button type="button" data-act="on" aria-label="Next correction">›</button>
    <input type="range" min="0" step="1" aria-label="Correction">
  </div>
  <p class="key">
    <span class="class-0">●</span> class 0: the neuron should be silent.
    <span class="class-1">▲</span> class 1: it should fire.
    Filled: classified correctly. Hollow: misclassified. Ring: just corrected.
  </p>
</div>
"""
_BOARD = component(__file__, HTML)


def board(
    points: Points,
    history: History,
    identity: str,
    colours: tuple[str, str],
    present: bool,
    on_edit: Callable[[list[list[Any]]], None],
) -> None:
    """Draw the board. `identity` changes when the points or the rule do; `on_edit` receives rows of x₁, x₂, class.

    `on_edit` must check these rows: never trust what a browser sends.
    """

    def edited() -> None:
        rows = st.session_state[KEY].edited
        if isinstance(rows, list) and all(isinstance(row, list) and len(row) == 3 for row in rows):
            on_edit(rows)

    _BOARD(
        key=KEY,
        data={
            "id": identity,
            "low": LOW,
            "high": HIGH,
            "colours": colours,
            "present": present,
            "points": [[*xy, wanted] for xy, wanted in zip(points.xy.tolist(), points.classes.tolist(), strict=True)],
            "start": history.start.tolist(),
            "steps": [[c.epoch, c.point, *c.weights.tolist()] for c in history.corrections],
            "epochs": len(history.errors),
            "converged": history.converged,
        },
        on_edited_change=edited,
    )
