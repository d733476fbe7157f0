"""Where sampled images come from: a run's own data set, or for a published model a colour data set on this machine."""

from collections.abc import Sequence

import streamlit as st

from explorer.data import DATASETS, Dataset, sources
from explorer.runs import WeightsSource, list_runs
from explorer.ui import cache, choices

PHOTOS = "cifar10"


def source_of(chosen: Sequence[WeightsSource]) -> WeightsSource:
    """The run whose images are sampled: the first that was trained on images."""
    return next((source for source in chosen if source.has_history), chosen[0])


def of(source: WeightsSource) -> Dataset:
    """The data set of a run's samples. A published model's own data are not here, so the visitor chooses another
    set."""
    if source.has_history:
        return cache.data_with_warning(source)
    offered = colour_data()
    name = choices.selectbox("Images of", list(offered), "images-of", format_func=_title)
    data, side = cache.dataset(name, offered[name], skip_damaged=True), source.input_spec.size
    if data.size != side:
        st.caption(
            f"{data.size}×{data.size} pixels, enlarged to {side}×{side}. Upload a photo to see it at full resolution."
        )
    return data


def colour_data() -> dict[str, int]:
    """name → pixels a side, for colour data sets that need no download; photos first."""
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
    source = sources.source_of(name)
    return source.title if source else name
