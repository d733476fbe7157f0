"""The kernels of all chosen networks from random to trained in one player, and the image part that activates each
most."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer import charts
from explorer.insights.top_activating import TopActivating, top_activating_images
from explorer.runs import Checkpoint, WeightsSource, epochs_of
from explorer.runs.weights import read_weights
from explorer.ui import cache, names, passes
from explorer.ui.components.animation import Panel, animation
from explorer.ui.inside.filter_tiles import COLUMNS, SHOWN, TileStyle
from explorer.ui.markdown import literal
from explorer.ui.pickers import networks

FRAMES = 40  # spread evenly over the epochs
AMONG = 300  # validation images that are searched
SIDE = 48  # pixels of a part of an image


def play(chosen: Sequence[WeightsSource], layers: dict[str, str], style: TileStyle) -> None:
    """Play one convolution of each run, one frame per epoch; a run without weights of an epoch shows the last ones
    before it."""
    playing = [source for source in chosen if len(epochs_of(source)) > 1]
    still = [names.of(source) for source in chosen if source not in playing]
    if still:
        st.caption(
            literal(
                f"No animation of {', '.join(still)}: for a network of this size, or a published one, only the best "
                "and last weights are saved."
            )
        )
    if not playing:
        return
    saved = sorted(set().union(*(epochs_of(source) for source in playing)))
    epochs = [saved[index] for index in np.unique(np.linspace(0, len(saved) - 1, FRAMES).round().astype(int))]
    panels = [_panel(source, epochs, layers[source.id], style) for source in playing]
    captions = [f"Epoch {epoch}" if epoch else "Untrained" for epoch in epochs]
    animation(panels, captions, key=f"animation-{'-'.join(source.id for source in playing)}")


def _panel(source: WeightsSource, epochs: list[int], layer: str, style: TileStyle) -> Panel:
    saved = epochs_of(source)
    of_epoch = [max((each for each in saved if each <= epoch), default=saved[0]) for epoch in epochs]
    links, order = frames(source, sorted(set(of_epoch)), layer, style)
    by_epoch = dict(zip(sorted(set(of_epoch)), links, strict=True))
    called = names.layer(source, layer)
    return Panel(
        names.of(source),
        f"Kernels of {called} of {names.of(source)}",
        [by_epoch[epoch] for epoch in of_epoch],
        min(COLUMNS, len(order)),
        [str(kernel) for kernel in order],
        _excited(source, layer, order),
        f"For each kernel of {called} after the last epoch, the part of an image that activates it most, among at most "
        f"{AMONG} validation images. Grey lies outside the image.",
    )


@st.cache_data(max_entries=32, show_spinner="Reading the weights of every epoch …", hash_funcs=cache.keys("weights"))
def frames(source: WeightsSource, epochs: list[int], layer: str, style: TileStyle) -> tuple[list[str], list[int]]:
    """(data URLs of the images, numbers of the kernels in their order). All epochs share one scale and the order of the
    last epoch, so that a kernel keeps its place."""
    kernels = [read_weights(Checkpoint(source, epoch).path)[f"{layer}.weight"].float().numpy() for epoch in epochs]
    limit, order = max(float(np.abs(weights).max()) for weights in kernels), style.order(kernels[-1])
    return [charts.data_url(style.tile(weights, limit, order)) for weights in kernels], order[:SHOWN].tolist()


def _excited(source: WeightsSource, layer: str, order: list[int]) -> str:
    """A data URL of the image part with the largest activation for each kernel, in this order."""
    data, checkpoint = passes.images_for(source), Checkpoint(source, "last")
    which = passes.some_of(data, AMONG)

    def go(progress: passes.Progress) -> TopActivating:
        pixels = passes.prepared(source, data, which)
        return top_activating_images(cache.model(checkpoint), layer, pixels, progress=progress)

    key = ("top-activating", checkpoint, layer, data.fingerprint, len(which))
    found = passes.once(key, go, f"Computing {len(which)} images through {names.of(source)} …")
    field = next(each.field for each in networks.layers(source) if each.name == layer)
    parts = []
    for kernel in order:
        (image,) = passes.prepared(source, data, which[found.images[:1, kernel]])
        unit = int(found.rows[0, kernel]), int(found.columns[0, kernel])
        parts.append(charts.field_part(image, field, unit, SIDE))
    return charts.data_url(charts.grid(np.stack(parts), COLUMNS, gap=6))
