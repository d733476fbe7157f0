"""A recipe as a starting point: choosing one fills in the data, the model and every training option below."""

import streamlit as st

from explorer.models import options
from explorer.options import options_of
from explorer.studies.presets import PRESETS
from explorer.training import TrainConfig
from explorer.training.config import OF_THE_MACHINE
from explorer.ui import choices
from explorer.ui.pickers.options import TRAINING, fill_in

OWN = "own"
LEFT_ALONE = OF_THE_MACHINE | {"seed"}  # recipes do not set these


def pick_preset() -> None:
    """Show the choice above the widgets that it fills in; everything can still be changed there."""
    chosen = choices.selectbox(
        "Start from",
        [OWN, *PRESETS],
        "preset",
        format_func=lambda name: PRESETS[name].title if name in PRESETS else "my own choice",
        on_change=_fill_in,
        width=260,
        help="A recipe fills in the data set, the model and the training options; you can change any of them.",
    )
    if chosen in PRESETS:
        st.caption(f"{PRESETS[chosen].about} Source: {PRESETS[chosen].source}.")


def _fill_in() -> None:
    preset = PRESETS.get(st.session_state["preset"])
    if preset is None:
        return
    choices.put("data", preset.dataset)
    choices.put("models", [preset.model])
    offered = {name: option for name, option in options_of(TrainConfig()).items() if name not in LEFT_ALONE}
    fill_in(TRAINING, offered, preset.training)
    fill_in(preset.model, options(preset.model), preset.options)
