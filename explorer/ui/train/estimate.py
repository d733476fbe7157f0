"""What a training will cost, before it starts."""

import streamlit as st

from explorer.charts.formatting import count, macs, seconds
from explorer.data import DATASETS
from explorer.runs import RunConfig, list_runs
from explorer.ui import cache


def table(configs: list[RunConfig]) -> None:
    """Parameters, multiply-accumulates an image, and the expected training time of each config."""
    if not configs:
        st.caption("Choose at least one model.")
        return
    rows = []
    for config in configs:
        channels, classes, _ = shape(config)
        parameters, operations = _cost(config, channels, classes)
        rate, known_from = _rate(config)
        rows.append(
            {
                "model": config.model,
                "parameters": count(parameters),
                "forward pass of an image": macs(operations),
                "expected time": seconds(_seconds(config)),
                "known from": f"{known_from}, {rate:,.0f} images/s",
            }
        )
    st.dataframe(rows, hide_index=True, alt="Parameters, cost and expected time of each model")


def expected_seconds(configs: list[RunConfig]) -> float:
    """Training time of several runs one after another."""
    return sum(_seconds(config) for config in configs)


def _seconds(config: RunConfig) -> float:
    images, training = shape(config)[2], config.training
    return images * training.fraction * training.passes * training.epochs / _rate(config)[0]


def _rate(config: RunConfig) -> tuple[float, str]:
    """(training images a second, what it is known from)."""
    if earlier := _earlier_rate(config):
        return earlier, "an earlier run"
    channels, classes, _ = shape(config)
    return _trial_rate(config, channels, classes), "a trial of half a second"


def shape(config: RunConfig) -> tuple[int, int, int]:
    """(channels, classes, training images); a folder of one's own is read for it."""
    source = DATASETS.get(config.dataset)
    if source is not None:
        return source.channels, len(source.classes), source.training_images
    data = cache.dataset(config.dataset, config.image_size, config.skip_damaged)
    return data.channels, len(data.classes), len(data.train)


def _earlier_rate(config: RunConfig) -> float | None:
    """Training images a second in the newest finished run that did the same work on the same kind of device."""
    from explorer.runs.history import epoch_rows
    from explorer.training.device import choose_device

    device = choose_device(config.training.device).type
    for run in list_runs():
        if _work(run.config) == _work(config) and run.status == "finished" and run.info["device"]["type"] == device:
            return epoch_rows(run)[-1]["images_per_second"]
    return None


def _work(config: RunConfig) -> tuple:
    """What a step costs depends on this and on the device: images have channels, frozen layers learn nothing."""
    training = config.training
    step = (training.batch_size, training.tune, training.precision)
    return config.dataset, config.image_size, config.model, config.options, step


def _cost(config: RunConfig, channels: int, classes: int) -> tuple[int, int]:
    return _cost_of(config.model, tuple(sorted(config.options.items())), channels, classes, config.image_size)


@st.cache_data(max_entries=256, show_spinner=False)
def _cost_of(model: str, options: tuple, channels: int, classes: int, size: int) -> tuple[int, int]:
    """(parameters, multiply-accumulates of one image); shapes only, nothing is computed."""
    import torch

    from explorer.insights.cost import cost
    from explorer.models import build

    with torch.device("meta"):
        counted = cost(build(model, channels, classes, size=size, **dict(options)), channels, size)
    return counted.parameters, counted.macs


def _trial_rate(config: RunConfig, channels: int, classes: int) -> float:
    from explorer.training.device import choose_device, choose_precision

    device = choose_device(config.training.device)
    return _trial_rate_of(
        config.model,
        tuple(sorted(config.options.items())),
        channels,
        classes,
        config.image_size,
        config.training.batch_size,
        device.type,
        choose_precision(config.training, device),
    )


@st.cache_data(max_entries=256, show_spinner="Timing a few steps …")
def _trial_rate_of(
    model: str, options: tuple, channels: int, classes: int, size: int, batch_size: int, device: str, precision
) -> float:
    """Images a second, forward and backward, in a trial of about half a second."""
    from explorer.insights.cost import images_per_second
    from explorer.models import build

    built = build(model, channels, classes, size=size, **dict(options))
    return images_per_second(built, channels, size, batch_size, device, precision)
