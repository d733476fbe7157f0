"""A recipe as a starting point: choosing one fills in the data, the model and every option of training below."""

import streamlit as st

from explorer.models import options
from explorer.studies.presets import PRESETS
from explorer.training import TrainConfig

OWN = "my own choice"
# Fields of TrainConfig → keys of their widgets in explorer.ui.pickers.options, where those differ.
KEYS = {
    "batch_size": "batch",
    "learning_rate": "rate",
    "weight_decay": "decay",
    "label_smoothing": "smoothing",
    "clip_norm": "clip",
}
FILLED = (
    *("epochs", "batch_size", "learning_rate", "optimizer", "schedule", "momentum", "weight_decay"),
    *("label_smoothing", "clip_norm", "patience", "augment"),
)


def pick_preset() -> None:
    """Above the widgets that it fills in; everything can still be changed there."""
    chosen = st.selectbox(
        "Start from",
        [OWN, *PRESETS],
        format_func=lambda name: PRESETS[name].title if name in PRESETS else name,
        key="preset",
        on_change=_fill_in,
        persist_state="session",
        width=260,
        help="A recipe fills in the data, the model and the training; change what you like.",
    )
    if chosen in PRESETS:
        st.caption(f"{PRESETS[chosen].about} Source: {PRESETS[chosen].source}.")


def _fill_in() -> None:
    preset = PRESETS.get(st.session_state["preset"])
    if preset is None:
        return
    training = TrainConfig(**preset.training)
    st.session_state["data"], st.session_state["models"] = preset.dataset, [preset.model]
    for name in FILLED:
        st.session_state[KEYS.get(name, name)] = getattr(training, name)
    for name, option in options(preset.model).items():
        value = preset.options.get(name, option.default)
        st.session_state[f"{preset.model}.{name}"] = ",".join(map(str, value)) if option.type is tuple else value
