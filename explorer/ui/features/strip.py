"""The whole network for one image: the strongest maps of each block side by side; a click enlarges one."""

from functools import partial

import numpy as np
import streamlit as st

from explorer import charts
from explorer.insights.features import strongest
from explorer.insights.hooks import capture, evaluating
from explorer.insights.layers import MapLayer
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, compute, image_cache, names, page, stage
from explorer.ui.components.click_image import Cells, click_image
from explorer.ui.features.picker import View, keep_channel_of
from explorer.ui.pickers.input_image import BY_IMAGE, InputImage
from explorer.ui.pickers.runs import keep_layer

STRONGEST = 4  # maps of each block
MOST = 12  # blocks; of a deeper network, that many spread evenly over its depth
SIDE = 64  # pixels of a map, before the browser scales it
SIDE_BY_SIDE = 6  # blocks per network if two networks are shown side by side
WIDTH = 120  # maximum size of a map on the page, in pixels


def strip(views: list[View]) -> None:
    """Show a strip for each network of the page that has maps."""
    views = [view for view in views if blocks(view.source)]
    if not views:
        return
    st.subheader("The whole network for this image", anchor=False)
    side_by_side = all(len(blocks(view.source)) <= SIDE_BY_SIDE for view in views)
    columns = st.columns(len(views)) if side_by_side else [st.container() for _ in views]
    for column, view in zip(columns, views, strict=True):
        with column:
            page.heading(view.name, charts.colour(view.source.id))
            with st.container(width=WIDTH * len(blocks(view.source))):
                _one(view)
    st.caption(
        "Left to right: the blocks (or activations), from first to last. Top to bottom: the "
        f"{STRONGEST} maps with the largest mean activation. Each block has its own scale. Click a map to enlarge it "
        "above."
    )


def _one(view: View) -> None:
    source, layers = view.source, blocks(view.source)
    found = _strongest(view.checkpoint, tuple(layer.name for layer in layers), view.image)
    chosen = {layer.name: channels for layer, (channels, _) in zip(layers, found, strict=True)}
    labels = [
        f"{names.layer(source, layer.name)}, {layer.shape[1]}×{layer.shape[2]}: map {chosen[layer.name][row]}"
        if row < len(chosen[layer.name])
        else ""
        for row in range(STRONGEST)
        for layer in layers
    ]
    click_image(
        np.concatenate([_column(maps) for _, maps in found], axis=1)[:, :-2],
        stage.image_alternative(f"The strongest maps of each block of {view.name}"),
        Cells(STRONGEST, len(layers), labels),
        key=f"strip-{view.name}",
        on_pick=partial(_enlarge, source, [(layer.name, chosen[layer.name].tolist()) for layer in layers]),
        answer="picture",
    )
    st.caption(" → ".join(f"`{names.layer(source, layer.name)}`" for layer in layers))


def _enlarge(source: WeightsSource, chosen: list[tuple[str, list[int]]], row: int, column: int) -> None:
    layer, channels = chosen[column]
    if row < len(channels):
        keep_layer(source.config.model, layer)
        keep_channel_of(source, layer, channels[row])


def blocks(source: WeightsSource) -> list[MapLayer]:
    """The outputs of a network's blocks; without blocks, those of its activations, or else of its convolutions."""
    every = compute.map_layers_of(source)
    ends = [layer for layer in every if layer.block or layer.kind == "block"]
    inside = tuple(f"{layer.block or layer.name}." for layer in ends)
    others = [layer for layer in every if layer.kind == "activation" and not layer.name.startswith(inside)]
    wanted = {layer.name for layer in (*ends, *others)} or {layer.name for layer in every}
    shown = [layer for layer in every if layer.name in wanted]
    places = np.linspace(0, len(shown) - 1, min(MOST, len(shown))).round().astype(int)
    return [shown[index] for index in np.unique(places)]


@image_cache.by_image(32, hash_funcs=BY_IMAGE)
def _strongest(
    checkpoint: Checkpoint, layers: tuple[str, ...], image: InputImage
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each layer its channels, int64 (n,), and their maps, float32 (n, h, w), the strongest first; computed in one
    pass."""
    import torch

    model = cache.model(checkpoint)
    with evaluating(model), torch.no_grad(), capture(model, layers) as outputs:
        model(compute.inputs(checkpoint, image))
    found = []
    for layer in layers:
        maps = outputs[layer].float().cpu().numpy()
        channels = strongest(maps)[:STRONGEST]
        found.append((channels, maps[0][channels].copy()))
    return found


def _column(maps: np.ndarray) -> np.ndarray:
    """uint8 (STRONGEST · (SIDE + 2), SIDE + 2, 3): maps on one scale, scaled to one size by nearest neighbour."""
    low, high = charts.limits(maps)
    rows, columns = (np.arange(SIDE) * side // SIDE for side in maps.shape[1:])
    large = np.zeros((STRONGEST, SIDE, SIDE), np.float32)
    large[: len(maps)] = maps[:, rows][:, :, columns]
    painted = charts.tile(large, 1, low, high, low < 0)
    column = np.full((STRONGEST * (SIDE + 1), SIDE + 2, 3), 255, np.uint8)
    column[: painted.shape[0], :SIDE] = painted
    return column
