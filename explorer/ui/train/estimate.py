"""What a training will cost, before it starts."""

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from explorer.charts.formatting import count, macs, seconds
from explorer.data import source_of
from explorer.jobs.capacity import workers
from explorer.models.network import Network
from explorer.runs import Run, RunConfig
from explorer.runs.listing import Listing
from explorer.runs.names import config_names
from explorer.runs.store import listed
from explorer.ui import cache, inference, saving

if TYPE_CHECKING:
    from explorer.jobs.trials import Trial

SMALL = 1_000_000  # parameters: a trial takes some megabytes
UNMEASURED = "nothing: this machine is too busy to time a few steps"
TRIED_AGAIN = 300  # seconds before a trial is repeated: a machine that was busy may be idle now


def table(configs: list[RunConfig]) -> None:
    """Show parameters, multiply-accumulates per image, and the expected training time of each config."""
    if not configs:
        st.caption("Choose at least one model.")
        return
    rows = []
    for config, name in zip(configs, config_names(configs), strict=True):
        parameters, operations, _ = _cost(cache.planned_network(config))
        rate, known_from = _rate(config)
        rows.append(
            {
                "network": name,
                "expected time": seconds(_passed(config) / rate) if rate else "not measured",
                "estimated from": f"{known_from}, {rate:,.0f} images/s" if rate else UNMEASURED,
                "parameters": count(parameters),
                "forward pass per image": macs(operations),
            }
        )
    saving.dataframe(rows, hide_index=True, alt="Parameters, cost and expected time of each network")


def expected_seconds(configs: list[RunConfig]) -> float | None:
    """Training time of several runs; small ones train side by side, as many at once as this machine allows. None if the
    speed of one could not be measured."""
    alone: list[float] = []
    for config in configs:
        rate, _ = _rate(config)
        if rate is None:
            return None
        alone.append(_passed(config) / rate)
    at_once = workers()
    shares = (min(_threads(config), at_once) / at_once for config in configs)
    return max(sum(time * share for time, share in zip(alone, shares, strict=True)), *alone, 0.0)


def rough_seconds(configs: list[RunConfig]) -> float | None:
    """Like `expected_seconds`, with one trial for all: a config without an earlier run is estimated by its
    multiplications and the rate of one small network. Wrong by a factor of two or three for networks with very small
    layers. None if the trial did not finish, because the machine is too busy."""
    known: dict[str, float | None] = {}
    total = 0.0
    for config in configs:
        key = _work(config)
        if key not in known:
            known[key] = _earlier_rate(config) or _reckoned_rate(config)
        rate = known[key]
        if rate is None:
            return None
        total += _passed(config) / rate
    return total / workers()


def _reckoned_rate(config: RunConfig) -> float | None:
    """Training images a second, estimated from the rate of a small network; None if that has no rate either."""
    reference = RunConfig(config.dataset, "simple_cnn", {}, replace(config.training, source="", tune="scratch"))
    operations = [_cost(cache.planned_network(each))[1] for each in (reference, config)]
    rate = _trial_rate(reference)
    return rate and rate * operations[0] / max(operations[1], operations[0] / 10)


def _passed(config: RunConfig) -> float:
    """Images that pass through the network in training, counted once for each pass."""
    images, training = _training_images(config), config.training
    return images * training.fraction * training.passes * training.epochs


def _rate(config: RunConfig) -> tuple[float | None, str]:
    """(training images a second, how it is known); None if every trial timed out or failed."""
    if earlier := _earlier_rate(config):
        return earlier, "an earlier run"
    if tried := _trial_rate(config):
        return tried, "a half-second trial"
    return _reckoned_rate(config), "a half-second trial of a smaller network"


def _training_images(config: RunConfig) -> int:
    """Training images of the whole data set; a folder of the visitor's own is read for it."""
    source = source_of(config.dataset)
    if source is not None:
        return source.training_images
    return len(cache.dataset(config.dataset, config.image_size, config.skip_damaged).train)


def _earlier_rate(config: RunConfig) -> float | None:
    """Training images a second in the newest finished run that did the same work on the same kind of device."""
    from explorer.runs.epochs_file import epoch_rows
    from explorer.training.device import choose_device

    device = choose_device(config.training.device).type
    run = _newest_finished(listed()).get((_work(config), device))
    return epoch_rows(run)[-1]["images_per_second"] if run else None


@lru_cache(maxsize=4)
def _newest_finished(listing: Listing) -> dict[tuple[str, str | None], Run]:
    """(work, kind of device) → the newest finished run that did it."""
    found: dict[tuple[str, str | None], Run] = {}
    for run in listing.runs:
        if run.status == "finished":
            device = run.record.device
            found.setdefault((_work(run.config), device.type if device else None), run)
    return found


def _work(config: RunConfig) -> str:
    """What the time of a step depends on besides the device: images have channels, frozen layers do not learn."""
    training = config.training
    step = (training.batch_size, training.tune, training.precision)
    return repr((config.dataset, config.image_size, config.model, sorted(config.options.items()), step))


@st.cache_data(max_entries=256, show_spinner=False)
def _cost(network: Network) -> tuple[int, int, int]:
    """(parameters, multiply-accumulates of one image, layers with weights); computed from shapes only."""
    from explorer.insights.cost import cost

    counted = cost(network.on_meta(), network.channels, network.size)
    return counted.parameters, counted.macs, len(counted.layers)


def _threads(config: RunConfig) -> int:
    """CPU threads that the run will have."""
    from explorer.models.work import Work
    from explorer.training.device import choose_device, choose_threads

    parameters, operations, layers = _cost(cache.planned_network(config))
    work = Work(operations, layers, 0, parameters)
    return choose_threads(config.training, work, choose_device(config.training.device))


def _trial_rate(config: RunConfig) -> float | None:
    """Training images a second in a trial; None if that needs too much memory or time."""
    from explorer.jobs.trials import NoWorker, Trial
    from explorer.training.device import choose_device, choose_precision

    device = choose_device(config.training.device)
    precision = str(choose_precision(config.training, device)).removeprefix("torch.")
    network = cache.planned_network(config)
    trial = Trial(network, config.training.batch_size, device.type, precision, _threads(config))
    try:
        return _timed_by_worker(trial)
    except NoWorker:
        return _timed_here(trial) if _cost(network)[0] <= SMALL else None


@st.cache_data(max_entries=256, ttl=TRIED_AGAIN, show_spinner="Timing a few steps …")
def _timed_by_worker(trial: "Trial") -> float | None:
    """Measured in a process with limited memory. Raises NoWorker."""
    from explorer.jobs import ensure_worker, trials

    ensure_worker()
    return trials.ask(trial)


@st.cache_data(max_entries=256, ttl=TRIED_AGAIN, show_spinner="Timing a few steps …")
def _timed_here(trial: "Trial") -> float | None:
    """Measured in this process, for a small network while there is no worker."""
    from explorer.jobs import trials

    with inference.one_at_a_time:
        return trials.measured(trial.question)
