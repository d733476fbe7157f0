"""A link that fills in a form with a run's config, to train it again with one change. It leads to Train, or to Transfer
for a run that starts from pretrained weights."""

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from explorer.data import DATASETS, shortcut
from explorer.data.sources import FOLDER_PREFIX
from explorer.errors import UserError
from explorer.models import MODELS, options
from explorer.options import Option, OptionValue, options_of, read_network
from explorer.runs import Run, RunConfig
from explorer.training import TrainConfig
from explorer.ui import navigation
from explorer.ui.pickers.dataset import FOLDER
from explorer.ui.pickers.options import TRAINING, as_text, key_of
from explorer.ui.study.picker import QUICK

Query = dict[str, list[str]]


def duplicate(run: Run) -> None:
    """Show the link. For a run whose network this version does not know there is none, because there is no form."""
    transfers = bool(run.config.training.source)
    with suppress(UserError):
        st.page_link(
            (navigation.TRANSFER if transfers else navigation.TRAIN).page(),
            label="Duplicate with a change",
            icon=":material/content_copy:",
            query_params=(transfer_link if transfers else train_link)(run.config),
        )


def train_link(config: RunConfig) -> Query:
    """The query parameters. Settings without a widget in the form, such as pretrained weights, are left out."""
    query: Query = {"models": [config.model], **_data(config)}
    query |= _options(TRAINING, options_of(TrainConfig()), vars(config.training))
    return query | _options(config.model, options(config.model), config.options)


def transfer_link(config: RunConfig) -> Query:
    """The query parameters of the transfer that this run belongs to: its pretrained weights, images and epochs."""
    training = config.training
    epochs = {f"transfer-epochs-{QUICK}": [str(training.epochs)]}
    rate = {"transfer-head-rate": [_written(training.head_learning_rate)]} if training.head_learning_rate else {}
    return {"networks": [training.source], **_data(config), "transfer-size": [QUICK], **epochs, **rate}


def _data(config: RunConfig) -> Query:
    if planted := shortcut.parsed(config.dataset):
        query = _data(replace(config, dataset=planted.base)) | {"shortcut": [planted.mark]}
        return query if planted.strength == 1 else query | {"shortcut-strength": [_written(planted.strength)]}
    if config.dataset in DATASETS:
        return {"data": [config.dataset]}
    folder = config.dataset.removeprefix(FOLDER_PREFIX)
    skip = {"skip-damaged": ["true"]} if config.skip_damaged else {}
    return {"data": [FOLDER], "folder": [folder], "image_size": [str(config.image_size)], **skip}


def _options(prefix: str, offered: dict[str, Option], values: dict[str, OptionValue]) -> Query:
    """The query parameters of the options that differ from their defaults."""
    query: Query = {}
    for name, option in offered.items():
        value = values.get(name, option.default)
        if value == option.default:
            continue
        key = key_of(prefix, name)
        if option.networks and str(value).partition(":")[0] in MODELS:
            network, chosen = read_network(str(value), option.networks)
            query |= {key: [network], **_options(f"{key}.{network}", options(network), chosen)}
        else:
            query[key] = [_written(value)]
    return query


def _written(value: OptionValue) -> str:
    """The value in the form that `explorer.ui.choices.kinds` reads."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else str(as_text(value))
