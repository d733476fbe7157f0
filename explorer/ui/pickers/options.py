"""Widgets for the options of a model and of training; they come from the specs, so a new option needs no new widget."""

from functools import partial
from typing import Any

import streamlit as st

from explorer.models import MODELS, Option, options, parse_option
from explorer.models.options import write_network
from explorer.training import TrainConfig
from explorer.training.config import BALANCES, DEVICES, NORM_STATISTICS, OPTIMIZERS, PATHS, PRECISIONS, SCHEDULES
from explorer.ui.page import KEPT

DEFAULT = TrainConfig()


def model_options(model: str) -> dict[str, Any]:
    """The options that differ from the model's defaults."""
    return chosen_options(options(model), model)


def chosen_options(offered: dict[str, Option], place: str) -> dict[str, Any]:
    """A widget for each option; the values that differ from the defaults. `place` keeps apart options of one name."""
    chosen = {}
    for name, option in offered.items():
        value = parse_option(name, option, _widget(f"{place}.{name}", name, option))
        if value != option.default:
            chosen[name] = value
    return chosen


def _widget(key: str, name: str, option: Option) -> Any:
    label, shared = name.replace("_", " ").capitalize(), {"key": key, "help": option.help, **KEPT}
    if option.choices:
        picked = st.selectbox(label, option.choices, index=option.choices.index(option.default), **shared)
        return _configured(key, picked) if option.networks else picked
    if option.type is bool:
        return st.toggle(label, option.default, **shared)
    if option.type in (int, float):
        step = 1 if option.type is int else 0.1
        return st.number_input(label, option.low, option.high, option.default, step=step, **shared)
    if option.type is tuple:
        return st.text_input(label, ",".join(map(str, option.default)), **shared)
    return st.text_input(label, option.default, **shared)


def _configured(key: str, model: str) -> str:
    """A chosen network with the options that it is to have, behind a popover; a choice that is none stays as it is."""
    if model not in MODELS:
        return model
    with st.popover(f"Options of {model}", icon=":material/tune:"):
        return write_network(model, chosen_options(options(model), f"{key}.{model}"))


def training_options() -> TrainConfig:
    """How to train: what one changes often in one row, the rest behind an expander."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        often = _often()
    with st.expander("More options of training", icon=":material/tune:"), st.container(horizontal=True):
        return TrainConfig(**often, **_seldom())


def _often() -> dict[str, Any]:
    return {
        "epochs": st.number_input("Epochs", 1, 1000, DEFAULT.epochs, key="epochs", width=120, **KEPT),
        "batch_size": st.number_input("Batch size", 1, 4096, DEFAULT.batch_size, key="batch", width=130, **KEPT),
        "learning_rate": st.number_input(
            "Learning rate", 1e-6, 10.0, DEFAULT.learning_rate, format="%g", step=0.001, key="rate", width=140, **KEPT
        ),
        "optimizer": st.selectbox("Optimizer", OPTIMIZERS, key="optimizer", width=130, **KEPT),
        "schedule": st.selectbox(
            "Schedule", SCHEDULES, index=SCHEDULES.index(DEFAULT.schedule), key="schedule", width=140, **KEPT
        ),
        "device": st.selectbox(
            "Device", DEVICES, key="device", width=110, help="auto takes a GPU if there is one.", **KEPT
        ),
    }


def _seldom() -> dict[str, Any]:
    number = partial(st.number_input, **KEPT)
    return {
        "seed": number("Seed", 0, 2**31 - 1, DEFAULT.seed, key="seed", width=130),
        "weight_decay": number(
            "Weight decay", 0.0, 1.0, DEFAULT.weight_decay, format="%g", step=0.0001, key="decay", width=150
        ),
        "label_smoothing": number(
            "Label smoothing", 0.0, 0.9, DEFAULT.label_smoothing, step=0.05, key="smoothing", width=150
        ),
        "clip_norm": number(
            "Clip the gradient's norm at", 0.0, 1e6, DEFAULT.clip_norm, key="clip", width=190, help="0 does not clip."
        ),
        "patience": number(
            "Patience",
            0,
            1000,
            DEFAULT.patience,
            key="patience",
            width=130,
            help="Epochs without progress; 0 never stops.",
        ),
        "momentum": number(
            "Momentum", 0.0, 0.9999, DEFAULT.momentum, step=0.05, key="momentum", width=130, help="Of sgd."
        ),
        "balance": st.selectbox(
            "Unequal classes",
            BALANCES,
            key="balance",
            width=150,
            help="class-weights: in what is minimised, an image weighs inversely to the frequency of its class. "
            "sampler: an epoch has as many images of each class. Recorded losses weigh all of these images alike.",
            **KEPT,
        ),
        "norm_statistics": st.selectbox(
            "Batch norm statistics",
            NORM_STATISTICS,
            key="norm-statistics",
            width=170,
            help="What batch normalisation uses outside training: recomputed over training images with the weights as "
            "they are, after each epoch; or the running averages of the batches, which lag behind the weights.",
            **KEPT,
        ),
        **_how_it_computes(),
        "augment": st.toggle(
            "Augment", DEFAULT.augment, key="augment", help="Random crops, and mirror images except for digits.", **KEPT
        ),
    }


def _how_it_computes() -> dict[str, str]:
    return {
        "precision": st.selectbox(
            "Precision",
            PRECISIONS,
            key="precision",
            width=130,
            help="auto computes in bfloat16 where the GPU or CPU has it in hardware, else in float32.",
            **KEPT,
        ),
        "path": st.selectbox(
            "Path",
            PATHS,
            key="path",
            width=130,
            help="auto replays a step on a GPU as one captured graph; plain launches each operation.",
            **KEPT,
        ),
    }
