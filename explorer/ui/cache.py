"""Cached loaders, and the keys of their caches.

Cached values are shared by all visitors and never changed; insights lock a model while they use it. Streamlit hashes
values (`Network`, `InputSpec`, arrays) by their content. `keys` hashes what can change on disk by path and stamp, never
by a run's id, which may be reused.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer import runs
from explorer.data import Dataset, source_of
from explorer.data.sources import data_folder
from explorer.runs import Checkpoint, Run, RunConfig, WeightsSource
from explorer.runs.checkpoint import trained_on_images
from explorer.runs.published import PublishedModel
from explorer.runs.same_data import Met, meet
from explorer.runs.steps_file import STEPS, StepsReader
from explorer.ui import names
from explorer.ui.markdown import literal

if TYPE_CHECKING:
    import pandas
    from torch import nn

    from explorer.models.network import Network

LOOK_AGAIN = 5  # seconds before a folder's files are checked for changes again


def stamp(run: Run, name: str) -> int:
    """Changes whenever this file of the run changes; part of the key of everything read from it."""
    try:
        return (run.path / name).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


HashFuncs = dict[str | type, Callable[[Any], Any]]
WHOLE_RUN = ("run.json", "epochs.jsonl", "steps.jsonl", "test_answers.npy")  # all that training writes, except weights


def keys(*files: str) -> HashFuncs:
    """`hash_funcs` for `st.cache_data` and `st.cache_resource`: a run is hashed by its folder and the stamps of
    `files`, the files in it that the cached function reads; weights by their file and its stamp; a data set by its
    images."""
    return {
        Run: lambda run: (str(run.path), *(stamp(run, name) for name in files)),
        PublishedModel: lambda model: model.id,
        Checkpoint: lambda checkpoint: (str(checkpoint.path), checkpoint.stamp),
        Dataset: lambda data: data.fingerprint,
    }


# For functions that depend only on the architecture.
BY_NETWORK: HashFuncs = {Run: lambda run: run.network, PublishedModel: lambda model: model.network}


def planned_network(config: RunConfig) -> "Network":
    """The network of a run that does not exist yet; for a folder of the visitor's own, its images are read."""
    from explorer.models.network import Network

    source = source_of(config.dataset)
    data = source or dataset(config.dataset, config.image_size, config.skip_damaged)
    return Network.of(config.model, config.options, data.input_spec)


@st.cache_resource(max_entries=4, show_spinner="Loading the weights …", hash_funcs=keys())
def model(checkpoint: Checkpoint) -> "nn.Module":
    """The module in eval mode, on the CPU, shared by all visitors."""
    return checkpoint.load()


def dataset(name: str, image_size: int = 32, skip_damaged: bool = False) -> Dataset:
    """The data set in its current state: a folder is read again if its files have changed. See `explorer.data.load`."""
    data = _dataset(name, image_size, str(data_folder()), _state(name))
    if data.report:
        data.report.check_damaged(skip_damaged)
    return data


@st.cache_resource(max_entries=3, show_spinner="Loading the images …")
def _dataset(name: str, image_size: int, folder: str, state: str) -> Dataset:
    from explorer.data import load

    return load(name, folder, image_size, skip_damaged=True, apart=True)


@st.cache_data(ttl=LOOK_AGAIN, show_spinner=False)
def _state(name: str) -> str:
    from explorer.data import state

    return state(name)


def fingerprints(configs: "Iterable[runs.RunConfig]") -> dict[tuple[str, int], str]:
    """(name, image size) → fingerprint of the current data of these runs; without data that would need a download."""
    wanted = {_data(config) for config in configs}
    return {data[:2]: dataset(*data).fingerprint for data in wanted if is_at_hand(data[0])}


def _data(config: "runs.RunConfig") -> tuple[str, int, bool]:
    return config.dataset, config.image_size, config.skip_damaged


def is_at_hand(name: str) -> bool:
    """Whether the data need no download: a folder of the visitor's own, or a data set that comes with the app."""
    source = source_of(name)
    return source is None or source.is_bundled


def met(source: WeightsSource) -> Met:
    """A run's current data, with classes in the run's order, and how they have changed since its training. Raises
    UserError if they no longer fit the run, or if `source` is a published model."""
    run = trained_on_images(source)
    return _met(run, dataset(*_data(run.config)))


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=keys("run.json"))
def _met(run: Run, data: Dataset) -> Met:
    return meet(run, data)


def data_of(source: WeightsSource) -> Dataset:
    """The images to examine a run with. Raises UserError like `met`."""
    return met(source).data


def data_with_warning(source: WeightsSource) -> Dataset:
    """The images; warns the visitor if they have changed."""
    warn_if_changed(source)
    return data_of(source)


def warn_if_changed(source: WeightsSource) -> None:
    """Say how the images have changed since the run was trained. Raises UserError like `met`."""
    if changed := met(source).changed:
        st.warning(literal(names.in_sentence(changed, source)), icon=":material/warning:")


def steps(run: Run) -> runs.StepHistory:
    """The recorded steps so far; reads only the new ones."""
    return _reader(run.path).read(run.record.parameter_names)[0]


def weight_stats(run: Run) -> runs.WeightStats:
    """The recorded steps at which the weights were measured as well."""
    return _reader(run.path).read(run.record.parameter_names)[1]


@lru_cache(maxsize=32)  # called several times a second, and Streamlit's caches are slower than reading the file
def _reader(path: Path) -> StepsReader:
    return StepsReader(path / STEPS)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=keys("epochs.jsonl"))
def epochs(chosen: list[Run]) -> "pandas.DataFrame":
    """The epochs of several runs so far, one row each."""
    return runs.epochs([run.id for run in chosen], chosen[0].path.parent if chosen else None)
