"""What a training will cost, before it starts."""

from typing import TYPE_CHECKING

import streamlit as st

from explorer.charts.formatting import count, macs, seconds
from explorer.data import DATASETS
from explorer.models.network import Network
from explorer.runs import Run, RunConfig, list_runs
from explorer.ui import cache

if TYPE_CHECKING:
    import torch


def table(configs: list[RunConfig]) -> None:
    """Parameters, multiply-accumulates an image, and the expected training time of each config."""
    if not configs:
        st.caption("Choose at least one model.")
        return
    rows = []
    for config in configs:
        parameters, operations = _cost(cache.planned_network(config))
        rate, known_from = _rate(config)
        rows.append(
            {
                "model": config.model,
                "parameters": count(parameters),
                "forward pass per image": macs(operations),
                "expected time": seconds(_seconds(config)),
                "estimated from": f"{known_from}, {rate:,.0f} images/s",
            }
        )
    st.dataframe(rows, hide_index=True, alt="Parameters, cost and expected time of each model")


def expected_seconds(configs: list[RunConfig]) -> float:
    """Training time of several runs one after another."""
    return sum(_seconds(config) for config in configs)


def _seconds(config: RunConfig) -> float:
    images, training = _training_images(config), config.training
    return images * training.fraction * training.passes * training.epochs / _rate(config)[0]


def _rate(config: RunConfig) -> tuple[float, str]:
    """(training images a second, what it is known from)."""
    if earlier := _earlier_rate(config):
        return earlier, "an earlier run"
    return _trial_rate(config), "a half-second trial"


def _training_images(config: RunConfig) -> int:
    """Of the whole data set; a folder of one's own is read for it."""
    source = DATASETS.get(config.dataset)
    if source is not None:
        return source.training_images
    return len(cache.dataset(config.dataset, config.image_size, config.skip_damaged).train)


def _earlier_rate(config: RunConfig) -> float | None:
    """Training images a second in the newest finished run that did the same work on the same kind of device."""
    from explorer.runs.epochs_file import epoch_rows
    from explorer.training.device import choose_device

    device = choose_device(config.training.device).type
    for run in list_runs():
        if run.status == "finished" and _work(run.config) == _work(config) and _device_type(run) == device:
            return epoch_rows(run)[-1]["images_per_second"]
    return None


def _device_type(run: Run) -> str | None:
    return run.record.device.type if run.record.device else None


def _work(config: RunConfig) -> tuple:
    """What a step costs depends on this and on the device: images have channels, frozen layers learn nothing."""
    training = config.training
    step = (training.batch_size, training.tune, training.precision)
    return config.dataset, config.image_size, config.model, config.options, step


@st.cache_data(max_entries=256, show_spinner=False)
def _cost(network: Network) -> tuple[int, int]:
    """(parameters, multiply-accumulates of one image); shapes only, nothing is computed."""
    from explorer.insights.cost import cost

    counted = cost(network.on_meta(), network.channels, network.size)
    return counted.parameters, counted.macs


def _trial_rate(config: RunConfig) -> float:
    from explorer.training.device import choose_device, choose_precision

    device = choose_device(config.training.device)
    precision = choose_precision(config.training, device)
    return _trial_rate_of(cache.planned_network(config), config.training.batch_size, device.type, precision)


@st.cache_data(max_entries=256, show_spinner="Timing a few steps …")
def _trial_rate_of(network: Network, batch_size: int, device: str, precision: "torch.dtype") -> float:
    """Images a second, forward and backward, in a trial of about half a second."""
    from explorer.insights.cost import images_per_second

    return images_per_second(network.build(), network.channels, network.size, batch_size, device, precision)
