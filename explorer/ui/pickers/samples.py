"""Where sampled images come from: a run's own data set, or for a published model a colour data set that is here."""

import streamlit as st

from explorer.data import DATASETS, Dataset
from explorer.runs import Run, list_runs
from explorer.runs.published import PublishedRun
from explorer.ui import cache, choices

PHOTOS = "cifar10"


def source_of(chosen: list[Run]) -> Run:
    """The run whose images are sampled: the first that has been trained on some."""
    return next((run for run in chosen if not isinstance(run, PublishedRun)), chosen[0])


def of(run: Run) -> Dataset:
    """The data set that a run's samples come from. A published model's own is not here: another is chosen."""
    if not isinstance(run, PublishedRun):
        cache.warn_if_changed(run)
        return cache.data_of(run)
    offered = colour_data()
    name = choices.selectbox("Images of", list(offered), "images-of", format_func=_title)
    data, side = cache.dataset(name, offered[name], skip_damaged=True), run.input_spec.size
    if data.size != side:
        st.caption(
            f"{data.size}×{data.size} pixels, enlarged to {side}×{side}. Upload a photo to see it at full resolution."
        )
    return data


def colour_data() -> dict[str, int]:
    """name → pixels a side of the data sets with colours that need no download, photos first."""
    trained = {run.config.dataset: run.config.image_size for run in list_runs() if run.epochs_done}
    offered = {
        name: source.size for name, source in DATASETS.items() if source.channels == 3 and _at_hand(name, trained)
    }
    folders = {name: size for name, size in trained.items() if name not in DATASETS}
    photos = {name: offered.pop(name) for name in [PHOTOS] if name in offered}
    return folders | photos | offered


def _at_hand(name: str, trained: dict[str, int]) -> bool:
    return DATASETS[name].is_bundled or name in trained


def _title(name: str) -> str:
    return DATASETS[name].title if name in DATASETS else name
