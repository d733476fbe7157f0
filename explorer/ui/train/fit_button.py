"""The button that fits a training into a lesson: it sets epochs and share by the speed of this machine."""

from collections.abc import Callable

import streamlit as st

from explorer.charts.formatting import seconds
from explorer.training.fit_time import fitted

MINUTES = 5


def offer(expected: float | None, epochs: int, fraction: float, choose: Callable[[int, float], None], key: str) -> None:
    """Show the button, unless the training fits already or its time is not known. `expected`: seconds of the current
    choice. `choose(epochs, fraction)` sets the widgets."""
    budget = 60.0 * MINUTES
    if expected is None or expected <= budget:
        return
    fewer, share = fitted(expected, budget, epochs, fraction)
    time = seconds(max(1, round(expected * fewer * share / (epochs * fraction))))
    images = "" if share == fraction else f" of {100 * share:g} % of the images"
    st.button(
        f"Fit into {MINUTES} minutes",
        icon=":material/timer:",
        key=key,
        on_click=choose,
        args=(fewer, share),
        help=f"{fewer} {'epoch' if fewer == 1 else 'epochs'}{images}: about {time} on this machine.",
    )
