"""Widgets for the options of a model and of training. They are made from the specs, so a new option needs no new
widget."""

import streamlit as st

from explorer.models import MODELS, options
from explorer.options import Option, OptionValue, options_of, parse_option, write_network
from explorer.training import TrainConfig
from explorer.ui import choices
from explorer.ui.pickers.share import FIELD, pick_share

TRAINING = "training"
# The other options are one click away.
OFTEN = ("epochs", FIELD, "batch_size", "learning_rate", "optimizer", "schedule", "device")


def model_options(model: str, variant: int = 1) -> dict[str, OptionValue]:
    """The options that differ from the model's defaults; `variant`: the first or a further variant."""
    return chosen_options(options(model), model if variant == 1 else f"{model}-{variant}")


def training_options() -> TrainConfig:
    """The training options: the most common in one row, the rest in an expander."""
    offered = options_of(TrainConfig())
    often = {name: offered.pop(name) for name in OFTEN}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = chosen_options(often, TRAINING)
    row = st.expander("More training options", icon=":material/tune:").container(
        horizontal=True, vertical_alignment="bottom"
    )
    with row:
        return TrainConfig(**chosen, **chosen_options(offered, TRAINING))


def fill_in(prefix: str, offered: dict[str, Option], values: dict[str, OptionValue]) -> None:
    """Set the widgets that `chosen_options` will make for these options, to the given values or else to the
    defaults."""
    for name, option in offered.items():
        value = values.get(name, option.default)
        choices.put(key_of(prefix, name), as_text(value) if option.type in (tuple, str) else value)


def chosen_options(offered: dict[str, Option], prefix: str) -> dict[str, OptionValue]:
    """Show a widget for each option; returns the values that differ from the defaults. `prefix` tells options of the
    same name apart."""
    chosen = {}
    for name, option in offered.items():
        value = parse_option(name, option, _widget(key_of(prefix, name), name, option))
        if value != option.default:
            chosen[name] = value
    return chosen


def _widget(key: str, name: str, option: Option) -> OptionValue:
    label = option.label or name.replace("_", " ").capitalize()
    if key == FIELD:
        return pick_share(key)
    if option.choices:
        picked = choices.selectbox(label, option.choices, key, option.default, help=option.help)
        return _configured(key, picked) if option.networks else picked
    if option.type is bool:
        return choices.toggle(label, key, option.default, help=option.help)
    if option.type in (int, float) and option.low is not None and option.high is not None:
        if option.type is int:
            return choices.number_input(label, int(option.low), int(option.high), option.default, key, help=option.help)
        bounds = float(option.low), float(option.high)
        shown: dict[str, OptionValue] = {"step": option.step, "format": "%g", "help": option.help}
        return choices.number_input(label, *bounds, option.default, key, **shown)
    return choices.text_input(label, key, as_text(option.default), help=option.help)


def as_text(value: OptionValue) -> str:
    """The value as a text field shows it; None as ""."""
    return ",".join(map(str, value)) if isinstance(value, tuple) else value


def key_of(prefix: str, name: str) -> str:
    """The key of an option in a link; options of training have their own names: ?epochs=20."""
    return name if prefix == TRAINING else f"{prefix}.{name}"


def _configured(key: str, model: str) -> str:
    """A chosen network with its options, in a popover; a choice that is not a network is returned unchanged."""
    if model not in MODELS:
        return model
    with st.popover(f"Options of {model}", icon=":material/tune:"):
        return write_network(model, chosen_options(options(model), f"{key}.{model}"))
