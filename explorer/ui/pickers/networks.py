"""Networks that need not be trained: that of a run, or any architecture for the images of a data set."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.charts.palette import colour
from explorer.data import DATASETS, source_of, to_tensor
from explorer.models.network import Network
from explorer.runs import Checkpoint, WeightsSource, list_runs
from explorer.ui import cache, choices, names, page, passes
from explorer.ui.pickers import samples
from explorer.ui.pickers.image import pick_image
from explorer.ui.pickers.options import model_options
from explorer.ui.pickers.runs import pick_epoch, pick_sources

if TYPE_CHECKING:
    from torch import nn

    from explorer.insights.architecture import Architecture, Layer
    from explorer.insights.published import Figures

MOST = 3
IMAGES = 16  # images that an effective receptive field is averaged over
LARGE_IMAGES = 4  # for images of more than LARGE pixels a side, each of which costs fifty times as much
LARGE = 64
ARCHITECTURES, RUNS = "architectures", "runs"


@dataclass(frozen=True)
class PickedNetwork:
    """A network with a run's weights, or with random ones."""

    name: str  # the display name of the run, or the name of the model
    network: Network
    data: str  # the data set of the images
    checkpoint: Checkpoint | None = None  # None: random weights


def heading(picked: PickedNetwork) -> None:
    """Show its name, with its colour if it is a run."""
    page.heading(picked.name, *([colour(picked.checkpoint.source.id)] if picked.checkpoint else []))


PickedArchitectures = list[tuple[PickedNetwork, "Architecture"]]  # the networks on the page, each with its layers


def pick_networks(options: DeltaGenerator) -> list[PickedNetwork]:
    """The chosen networks. Architectures can be chosen before any run exists; their options go into `options`."""
    kind_column, names_column, rest = st.columns([2, 3, 3])
    with kind_column:
        kind = choices.segmented("Look at", [ARCHITECTURES, RUNS], "look-at")
    return _runs(names_column, rest) if kind == RUNS else _architectures(names_column, rest, options)


def are_runs(picked: list[PickedNetwork]) -> bool:
    """Whether they are runs, so that a visitor can choose their image like on other pages, or draw it."""
    return any(each.checkpoint for each in picked)


def pick_input(picked: list[PickedNetwork], pad: DeltaGenerator | None = None) -> list[np.ndarray]:
    """The image as each network sees it, uint8 (C, H, W). `pad`: where to draw, for runs."""
    checkpoints = [each.checkpoint for each in picked if each.checkpoint]
    if checkpoints:
        sources = [checkpoint.source for checkpoint in checkpoints]
        image = pick_image(samples.source_of(sources), checkpoints[0].epoch, pad)
        return [image.prepared(source.input_spec) for source in sources]
    images = images_of(picked[0].data, picked[0].network.size)
    explained = "Its number among the validation images."
    number = choices.number_input("Image", 1, len(images), 1, "number", width=130, help=explained)
    return [images[number - 1]] * len(picked)


def _runs(names_column: DeltaGenerator, rest: DeltaGenerator) -> list[PickedNetwork]:
    with names_column:
        chosen = pick_sources(most=MOST)
    with rest:
        epoch = pick_epoch(chosen)
    return [of_run(source, epoch) for source in chosen]


def of_run(source: WeightsSource, epoch: int | str) -> PickedNetwork:
    """The network of a run with the weights of an epoch."""
    return PickedNetwork(names.of(source), source.network, source.config.dataset, Checkpoint(source, epoch))


def _architectures(names_column: DeltaGenerator, rest: DeltaGenerator, options: DeltaGenerator) -> list[PickedNetwork]:
    from explorer.models import MODELS

    with names_column:
        models = choices.multiselect(
            "Architectures",
            list(MODELS),
            "architectures",
            ["residual_cnn", "resnet20"],
            placeholder="Choose up to three",
        )
    if len(models) > MOST:
        names_column.caption(
            f"This page shows {MOST} networks at a time: the first {MOST} of the {len(models)} chosen."
        )
        models = models[:MOST]
    with rest:
        data = choices.selectbox(
            "For images of", list(DATASETS), "shape-of", format_func=lambda name: DATASETS[name].title
        )
    source = DATASETS[data]
    chosen = []
    for name, column in zip(models, options.columns(max(1, len(models))), strict=False):
        with column, st.expander(f"Options of {name}", icon=":material/tune:"), st.container(horizontal=True):
            network = Network.of(name, model_options(name), source.input_spec)
        chosen.append(PickedNetwork(name, network, data))
    return chosen


def at_hand(data: str) -> bool:
    """Whether a data set's images are on this machine: nothing is downloaded to draw a square on one."""
    source = source_of(data)
    return source is None or source.is_bundled or data in _trained_on()


def _trained_on() -> set[str]:
    return {run.config.dataset for run in list_runs() if run.epochs_done}


def images_of(data: str, size: int) -> np.ndarray:
    """Validation images, uint8 (N, C, H, W); random pixels for a data set that is not on this machine."""
    if at_hand(data):
        return cache.dataset(data, size, skip_damaged=True).validation.pixels
    return np.random.default_rng(0).integers(0, 256, (IMAGES, DATASETS[data].channels, size, size), dtype=np.uint8)


@st.cache_resource(max_entries=64, show_spinner=False)
def architecture(network: Network) -> "Architecture":
    """The `Architecture` of a network; only its shapes are computed."""
    from explorer.insights.architecture import architecture

    return architecture(network.on_meta(), network.channels, network.size)


def layers(source: WeightsSource) -> "tuple[Layer, ...]":
    """Every layer of a run's network, with its size, cost and receptive field."""
    return architecture(source.network).layers


def averaged_over(picked: PickedNetwork) -> int:
    """The number of images that an effective receptive field is averaged over."""
    return IMAGES if picked.network.size <= LARGE else LARGE_IMAGES


def effective_field(picked: PickedNetwork, layer: str, row: int, column: int) -> np.ndarray:
    """The effective receptive field, float32 (H, W), averaged over the first `averaged_over` validation images."""
    if picked.checkpoint:
        source = picked.checkpoint.source
        images = passes.prepared(source, passes.images_for(source), np.arange(averaged_over(picked)))
    else:
        images = images_of(picked.data, picked.network.size)[: averaged_over(picked)]
    return _effective(picked.checkpoint or picked.network, layer, (row, column), images)


@st.cache_data(
    max_entries=256, show_spinner="Computing the gradient with respect to the pixels …", hash_funcs=cache.keys()
)
def _effective(source: Checkpoint | Network, layer: str, unit: tuple[int, int], images: np.ndarray) -> np.ndarray:
    from explorer.insights.receptive_field import effective_field

    model = cache.model(source) if isinstance(source, Checkpoint) else _untrained(source)
    return effective_field(model, layer, to_tensor(images), *unit)


@st.cache_resource(max_entries=2, show_spinner="Drawing random weights …")
def _untrained(network: Network) -> "nn.Module":
    import torch

    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return network.build().eval()


@st.cache_resource(max_entries=1, show_spinner="Reading the published figures …")
def published() -> "tuple[Figures, ...]":
    """The figures of the published models: accuracies as torchvision states them, parameters and costs as counted
    here."""
    from explorer.insights.published import published

    return published()
