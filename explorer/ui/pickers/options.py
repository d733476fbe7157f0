"""Widgets for the options of a model and of training; they come from the specs, so a new option needs no new widget."""

from typing import Any

import streamlit as st

from explorer.models import MODELS, options
from explorer.options import Option, options_of, parse_option, write_network
from explorer.training import TrainConfig
from explorer.ui.page import KEPT

TRAINING = "training"
OFTEN = ("epochs", "batch_size", "learning_rate", "optimizer", "schedule", "device")  # the rest is one click away


def model_options(model: str) -> dict[str, Any]:
    """The options that differ from the model's defaults."""
    return chosen_options(options(model), model)


def training_options() -> TrainConfig:
    """How to train: what one changes often in one row, the rest behind an expander.

    A link to the page may name options, such as `?epochs=20&optimizer=sgd`: it fills in their widgets once. UserError
    for a value that cannot be.
    """
    offered = options_of(TrainConfig())
    _fill_in_from_link(offered)
    often = {name: offered.pop(name) for name in OFTEN}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = chosen_options(often, TRAINING)
    row = st.expander("More training options", icon=":material/tune:").container(
        horizontal=True, vertical_alignment="bottom"
    )
    with row:
        return TrainConfig(**chosen, **chosen_options(offered, TRAINING))


def fill_in(place: str, offered: dict[str, Option], values: dict[str, Any]) -> None:
    """Set the widgets that `chosen_options` makes for these options, before it makes them: to the value, or else to the
    default."""
    for name, option in offered.items():
        value = values.get(name, option.default)
        st.session_state[f"{place}.{name}"] = ",".join(map(str, value)) if option.type is tuple else value


def _fill_in_from_link(offered: dict[str, Option]) -> None:
    linked = {name: option for name, option in offered.items() if name in st.query_params}
    texts = {name: st.query_params.pop(name) for name in linked}  # from here on the visitor chooses
    fill_in(TRAINING, linked, {name: parse_option(name, linked[name], text) for name, text in texts.items()})


def chosen_options(offered: dict[str, Option], place: str) -> dict[str, Any]:
    """A widget for each option; the values that differ from the defaults. `place` keeps apart options of one name."""
    chosen = {}
    for name, option in offered.items():
        value = parse_option(name, option, _widget(f"{place}.{name}", name, option))
        if value != option.default:
            chosen[name] = value
    return chosen


def _widget(key: str, name: str, option: Option) -> Any:
    label = option.label or name.replace("_", " ").capitalize()
    shared: dict[str, Any] = {"key": key, "help": option.help, **KEPT}
    if option.choices:
        picked = st.selectbox(label, option.choices, index=option.choices.index(option.default), **shared)
        return _configured(key, picked) if option.networks else picked
    if option.type is bool:
        return st.toggle(label, option.default, **shared)
    if option.type is int:
        return st.number_input(label, option.low, option.high, option.default, step=1, **shared)
    if option.type is float:
        bounds = (option.low, option.high, option.default)
        return st.number_input(label, *bounds, step=option.step, format="%g", **shared)
    if option.type is tuple:
        return st.text_input(label, ",".join(map(str, option.default)), **shared)
    return st.text_input(label, option.default, **shared)


def _configured(key: str, model: str) -> str:
    """A chosen network with the options that it is to have, behind a popover; a choice that is none stays as it is."""
    if model not in MODELS:
        return model
    with st.popover(f"Options of {model}", icon=":material/tune:"):
        return write_network(model, chosen_options(options(model), f"{key}.{model}"))
