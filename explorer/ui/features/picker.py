"""What the Feature maps page shows: a layer of each run, or of one run at two epochs, and one of its channels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.insights.architecture import WEIGHTED
from explorer.insights.features import strongest
from explorer.runs import Checkpoint, WeightsSource, epochs_of
from explorer.ui import choices, compute, names, page
from explorer.ui.markdown import literal
from explorer.ui.pickers import networks
from explorer.ui.pickers.input_image import BY_IMAGE, InputImage
from explorer.ui.pickers.runs import epoch_name, pick_layer


@dataclass(frozen=True)
class View:
    """A layer of a network with its weights, and its output for the image."""

    checkpoint: Checkpoint
    layer: str
    name: str  # as shown
    maps: np.ndarray  # float32 (channels, h, w); of a flat layer (units, 1, 1)
    image: InputImage

    @property
    def source(self) -> WeightsSource:
        """The run that the weights belong to."""
        return self.checkpoint.source

    @property
    def called(self) -> str:
        """The layer's familiar name."""
        return names.layer(self.source, self.layer)

    @property
    def is_own(self) -> bool:
        """Whether the image is a visitor's own."""
        return self.image.is_own

    @property
    def flat(self) -> bool:
        """Whether each channel is a single number."""
        return self.maps.shape[1:] == (1, 1)

    @property
    def noun(self) -> str:
        """What the page calls the channels."""
        return "units" if self.flat else "maps"

    @property
    def order(self) -> np.ndarray:
        """Channels from the strongest to the weakest."""
        return strongest(self.maps[None])


BY_VIEW = BY_IMAGE | {View: lambda view: (view.checkpoint, view.layer, view.image)}  # all that determines the maps


def views(chosen: Sequence[WeightsSource], epoch: int | str, image: InputImage) -> list[View]:
    """One view for each run; for a single run a second one, if it is compared with itself at another epoch."""
    columns = st.columns(max(2, len(chosen)))
    layers = {}
    for column, source in zip(columns, chosen, strict=False):
        shapes = compute.shapes(source)
        offered = [name for name, shape in shapes.items() if len(shape) in (1, 3)]
        with column:
            layers[source.id] = pick_layer(source, offered, weighted(source)[0])
    epochs = [epoch]
    if len(chosen) == 1 and chosen[0].has_history:  # a published model has only one set of weights
        with columns[1]:
            epochs += _beside(chosen[0], epoch)
    return [
        _view(source, of_epoch, layers[source.id], image, len(epochs) > 1) for source in chosen for of_epoch in epochs
    ]


def _beside(source: WeightsSource, epoch: int | str) -> list[int | str]:
    """The epoch that the run is compared with, in a list; empty if there is none."""
    saved = ["best", "last", *map(str, epochs_of(source))]
    choice = choices.selectbox(
        "Compare with epoch",
        ["none", *(name for name in saved if name != str(epoch))],
        "beside",
        format_func=epoch_name,
        help="Shows the same image through the same network with the weights of another epoch, on one scale.",
    )
    return [] if choice == "none" else [int(choice) if choice.isdigit() else choice]


def _view(source: WeightsSource, epoch: int | str, layer: str, image: InputImage, with_epoch: bool) -> View:
    checkpoint = Checkpoint(source, epoch)
    maps = compute.maps(checkpoint, layer, image)
    name = f"{names.of(source)}, epoch {epoch}" if with_epoch else names.of(source)
    return View(checkpoint, layer, name, maps.reshape(*maps.shape, *(1,) * (3 - maps.ndim)), image)


def channels(shown: list[View]) -> dict[str, int]:
    """The chosen channel of each run, by default the strongest for this image: run id → channel."""
    found: dict[str, int] = {}
    for view in shown:
        if view.source.id not in found:  # a run compared with itself keeps the same channel
            found[view.source.id] = _channel(view)
    return found


def _channel(view: View) -> int:
    key, noun = f"channel-of-{view.source.id}", "Unit" if view.flat else "Channel"
    layer, _, number = choices.held(_channel_key(view), noun).rpartition(":")
    valid = layer == view.layer and number.isdecimal() and int(number) < len(view.maps)
    st.session_state[key] = int(number) if valid else int(view.order[0])
    if page.presenting():
        return st.session_state[key]
    return st.number_input(
        literal(f"{noun} of {names.of(view.source)}"),
        0,
        len(view.maps) - 1,
        key=key,
        on_change=lambda: keep_channel(view, st.session_state[key]),
        width=260,
        help="You can also click one of the small images. Default: the channel with the strongest activation for this "
        "image.",
    )


def keep_channel(view: View, channel: int) -> None:
    """Choose a channel; called before the page shows its pickers."""
    keep_channel_of(view.source, view.layer, channel)


def keep_channel_of(source: WeightsSource, layer: str, channel: int) -> None:
    """Choose a channel of a layer that need not be shown yet; called before the page shows its pickers."""
    choices.put(f"channel-{source.id}", f"{layer}:{channel}")


def _channel_key(view: View) -> str:
    return f"channel-{view.source.id}"


def weighted(source: WeightsSource) -> list[str]:
    """The convolutions and linear layers whose outputs can be shown, from first to last."""
    shapes = compute.shapes(source)
    layers = [layer for layer in networks.layers(source) if layer.kind in WEIGHTED]
    return [layer.name for layer in layers if len(shapes.get(layer.name, ())) in (1, 3)]
