"""Networks to look at that need not be trained: a run's, or any architecture for the images of a data set."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer.charts.palette import colour
from explorer.data import DATASETS, to_tensor
from explorer.runs import Run, list_runs
from explorer.runs.weights import weights_file
from explorer.ui import cache, page, passes
from explorer.ui.pickers import samples
from explorer.ui.pickers.image import pick_image
from explorer.ui.pickers.options import model_options
from explorer.ui.pickers.runs import pick_epoch, pick_runs

if TYPE_CHECKING:
    from explorer.insights.architecture import Architecture, Layer
    from explorer.insights.published import Figures

MOST = 3
IMAGES = 16  # that an effective receptive field is averaged over
LARGE_IMAGES = 4  # of more than LARGE pixels a side, an image of which costs fifty times as much
LARGE = 64
ARCHITECTURES, RUNS = "architectures", "runs"


@dataclass(frozen=True)
class Network:
    """An architecture for images of one shape, with a run's weights or with random ones."""

    name: str  # as it is shown: the run's id, or the model's name
    model: str
    options: tuple[tuple[str, object], ...]  # of the model, sorted; what is absent has its default
    channels: int
    classes: int
    size: int
    data: str  # the data set that the images come from
    run: Run | None = None
    epoch: int | str = "best"

    @property
    def shape(self) -> tuple:
        """All that its layers depend on."""
        return self.model, self.options, self.channels, self.classes, self.size


def heading(network: Network) -> None:
    """Its name, beside its colour where it is a run."""
    page.heading(network.name, *([colour(network.run.id)] if network.run else []))


Known = list[tuple[Network, "Architecture"]]  # what is on the page, with what it is made of


def pick_networks() -> tuple[list[Network], list[np.ndarray]]:
    """The networks, and the image to look at as each of them sees it, uint8 (C, H, W).

    Architectures can be picked before any run exists.
    """
    kind_column, names_column, rest = st.columns([1.5, 3, 3])
    with kind_column:
        kind = st.segmented_control(
            "Look at",
            [ARCHITECTURES, RUNS],
            default=ARCHITECTURES,
            required=True,
            key="look-at",
            bind="query-params",
        )
    return _runs(names_column, rest) if kind == RUNS else _architectures(names_column, rest)


def _runs(names_column, rest) -> tuple[list[Network], list[np.ndarray]]:
    with names_column:
        chosen = pick_runs(most=MOST, with_weights=True)
    with rest:
        epoch = pick_epoch(chosen)
    seen = pick_image(samples.source_of(chosen), epoch)
    return [of_run(run, epoch) for run in chosen], [seen.prepared(run.input_spec) for run in chosen]


def of_run(run: Run, epoch: int | str) -> Network:
    return Network(run.id, *cache.shape(run), run.config.dataset, run, epoch)


def _architectures(names_column, rest) -> tuple[list[Network], list[np.ndarray]]:
    from explorer.models import MODELS

    names = names_column.multiselect(
        "Architectures",
        list(MODELS),
        default=["residual_cnn", "resnet20"],
        key="architectures",
        persist_state="session",
        placeholder="Choose up to three",
        wrap=True,
    )
    if len(names) > MOST:
        names_column.caption(f"This page shows {MOST} at a time: the first {MOST} of the {len(names)} chosen.")
        names = names[:MOST]
    with rest:
        data_column, number_column = st.columns(2)
    data = data_column.selectbox(
        "For images of", list(DATASETS), key="shape-of", format_func=lambda name: DATASETS[name].title
    )
    source = DATASETS[data]
    images = images_of(data, source.size)
    number = number_column.number_input(
        "Image", 1, len(images), key="number", bind="query-params", help="Among the validation images."
    )
    networks = []
    for name, column in zip(names, st.columns(max(1, len(names))), strict=False):
        with column, st.expander(f"Options of {name}", icon=":material/tune:"), st.container(horizontal=True):
            options = tuple(sorted(model_options(name).items()))
        networks.append(Network(name, name, options, source.channels, len(source.classes), source.size, data))
    return networks, [images[min(int(number), len(images)) - 1]] * len(networks)


def at_hand(data: str) -> bool:
    """Whether a data set's images are here: nothing is downloaded to draw a square on one."""
    return data not in DATASETS or DATASETS[data].is_bundled or data in _trained_on()


def _trained_on() -> set[str]:
    return {run.config.dataset for run in list_runs() if run.epochs_done}


def images_of(data: str, size: int) -> np.ndarray:
    """Validation images, uint8 (N, C, H, W); random pixels for a data set that is not here."""
    if at_hand(data):
        return cache.dataset(data, size, skip_damaged=True).validation.pixels
    return np.random.default_rng(0).integers(0, 256, (IMAGES, DATASETS[data].channels, size, size), dtype=np.uint8)


def architecture(network: Network) -> "Architecture":
    """The `Architecture` of a network; its shapes alone are computed."""
    return _architecture(network.shape)


@st.cache_resource(max_entries=64, show_spinner=False)
def _architecture(shape: tuple) -> "Architecture":
    from explorer.insights.architecture import architecture

    _, _, channels, _, size = shape
    return architecture(cache.on_meta(shape), channels, size)


def layers(run: Run) -> "tuple[Layer, ...]":
    """Every layer of a run's network, with its size, cost and receptive field."""
    return architecture(of_run(run, "best")).layers


def averaged_over(network: Network) -> int:
    """How many images an effective receptive field is the mean of."""
    return IMAGES if network.size <= LARGE else LARGE_IMAGES


def effective_field(network: Network, layer: str, row: int, column: int) -> np.ndarray:
    """float32 (H, W), averaged over the first `averaged_over` validation images."""
    run, epoch = network.run, network.epoch
    changed = cache.stamp(run, f"weights/{weights_file(run, epoch).name}") if run else None
    if run:
        shown = passes.images_for(run)
        images, data = passes.prepared(run, shown, np.arange(averaged_over(network))), shown.fingerprint
    else:
        images, data = images_of(network.data, network.size)[: averaged_over(network)], network.data
    return _effective(network.name, network.shape, data, epoch, changed, layer, row, column, network, images)


@st.cache_data(max_entries=256, show_spinner="Following the gradient back to the pixels …")
def _effective(
    name, shape, data, epoch, changed, layer, row, column, _network: Network, _images: np.ndarray
) -> np.ndarray:
    from explorer.insights.receptive_field import effective_field

    model = cache.model(_network.run, _network.epoch) if _network.run else _untrained(*shape)
    return effective_field(model, layer, to_tensor(_images), row, column)


@st.cache_resource(max_entries=2, show_spinner="Drawing random weights …")
def _untrained(model: str, options: tuple, channels: int, classes: int, size: int):
    import torch

    from explorer.models import build

    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return build(model, channels, classes, size=size, **dict(options)).eval()


@st.cache_resource(max_entries=1, show_spinner="Reading the published figures …")
def published() -> "tuple[Figures, ...]":
    from explorer.insights.published import published

    return published()
