"""Cached loaders. What is cached is shared by all visitors and never changed; insights lock a model they use."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from explorer import runs
from explorer.runs import Run
from explorer.runs.published import PublishedRun
from explorer.runs.steps_file import STEPS, StepsReader
from explorer.runs.weights import weights_file

if TYPE_CHECKING:
    import pandas
    from torch import nn

    from explorer.data import Dataset


def stamp(run: Run, name: str) -> int:
    """Changes whenever a file of the run changes: part of the key of whatever was read from it."""
    try:
        return (run.path / name).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def shape(run: Run) -> tuple:
    """All that a run's layers depend on: model, options, channels, classes, pixels a side.

    What they alone decide is kept under this, not under the run's id, which may be used again for another network.
    """
    like, options = run.input_like, tuple(sorted(run.config.options.items()))
    return run.config.model, options, like.channels, len(like.classes), like.size


def on_meta(shape: tuple) -> "nn.Module":
    """A network of such a shape without memory for its weights: to count and to name, not to compute."""
    import torch

    from explorer.models import build

    model, options, channels, classes, size = shape
    with torch.device("meta"):
        return build(model, channels, classes, size=size, **dict(options))


def model(run: Run, epoch: int | str) -> "nn.Module":
    """The run's module in eval mode, on the CPU, shared by all visitors. Of a published model any epoch is the same."""
    if isinstance(run, PublishedRun):
        epoch = "best"
    return _model(str(run.path), epoch, stamp(run, f"weights/{weights_file(run, epoch).name}"))


@st.cache_resource(max_entries=4, show_spinner="Loading the weights …")
def _model(path: str, epoch: int | str, changed: int) -> "nn.Module":
    folder = Path(path)
    return runs.load_model(folder.name, epoch, folder.parent)


@st.cache_resource(max_entries=3, show_spinner="Loading the images …")
def dataset(name: str, image_size: int = 32) -> "Dataset":
    from explorer.data import load

    return load(name, image_size=image_size)


def steps(run: Run) -> runs.Steps:
    """The recorded steps so far; only those that are new since the last look are read."""
    return _reader(str(run.path)).read(tuple(run.info.get("parameter_names", ())))[0]


def weight_stats(run: Run) -> runs.WeightStats:
    """The recorded steps at which the weights were measured, too."""
    return _reader(str(run.path)).read(tuple(run.info.get("parameter_names", ())))[1]


@st.cache_resource(max_entries=32, show_spinner=False)
def _reader(path: str) -> StepsReader:
    return StepsReader(Path(path) / STEPS)


def epochs(chosen: list[Run]) -> "pandas.DataFrame":
    """The epochs of several runs so far."""
    return _epochs(tuple(str(run.path) for run in chosen), tuple(stamp(run, "epochs.jsonl") for run in chosen))


@st.cache_resource(max_entries=64, show_spinner=False)
def _epochs(paths: tuple[str, ...], changed: tuple[int, ...]) -> "pandas.DataFrame":
    folders = [Path(path) for path in paths]
    return runs.epochs([f.name for f in folders], folders[0].parent if folders else None)
