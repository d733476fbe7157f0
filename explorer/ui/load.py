"""Cached loaders. What is cached is shared by all visitors and never changed; insights lock a model they use."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from explorer import runs
from explorer.runs import Run
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


def model(run: Run, epoch: int | str) -> "nn.Module":
    """The run's module in eval mode, on the CPU, shared by all visitors."""
    return _model(str(run.path), epoch, stamp(run, f"weights/{weights_file(run, epoch).name}"))


@st.cache_resource(max_entries=6, show_spinner="Loading the weights …")
def _model(path: str, epoch: int | str, changed: int) -> "nn.Module":
    folder = Path(path)
    return runs.load_model(folder.name, epoch, folder.parent)


@st.cache_resource(max_entries=3, show_spinner="Loading the images …")
def dataset(name: str, image_size: int = 32) -> "Dataset":
    from explorer.data import load

    return load(name, image_size=image_size)


def steps(run: Run) -> runs.Steps:
    """The recorded steps so far."""
    return _steps(str(run.path), stamp(run, "steps.jsonl"))


@st.cache_resource(max_entries=32, show_spinner=False)
def _steps(path: str, changed: int) -> runs.Steps:
    folder = Path(path)
    return runs.steps(folder.name, folder.parent)


def epochs(chosen: list[Run]) -> "pandas.DataFrame":
    """The epochs of several runs so far."""
    return _epochs(tuple(str(run.path) for run in chosen), tuple(stamp(run, "epochs.jsonl") for run in chosen))


@st.cache_resource(max_entries=64, show_spinner=False)
def _epochs(paths: tuple[str, ...], changed: tuple[int, ...]) -> "pandas.DataFrame":
    folders = [Path(path) for path in paths]
    return runs.epochs([f.name for f in folders], folders[0].parent if folders else None)
