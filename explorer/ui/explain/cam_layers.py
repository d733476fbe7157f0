"""Where the CAM methods look in each run: the same pickers on every page that explains."""

import streamlit as st

from explorer.insights.layers import MapLayer
from explorer.runs import Run
from explorer.ui import compute
from explorer.ui.pickers.runs import keep_layer, kept_layer, pick_layer

HELP = (
    "A convolution, an activation or a block. Default: the output of the last block or activation with a map of at "
    "least 4×4 pixels. In a residual network, a convolution is only one of the two branches that are added."
)


def pick_layers(chosen: list[Run]) -> dict[str, str]:
    """A picker in a column for each run that has maps; run id → layer, without those that have none."""
    layers = {}
    for column, run in zip(st.columns(len(chosen)), chosen, strict=True):
        if has_maps(run):
            with column:
                layers[run.id] = _pick(run)
    return layers


def has_maps(run: Run) -> bool:
    """Whether the CAM methods can look at the run's network."""
    return compute.why_not(run, "grad-cam") is None


def _pick(run: Run) -> str:
    offered, model = {layer.name: layer for layer in compute.map_layers_of(run)}, run.config.model
    stands_for = {layer.block: layer.name for layer in offered.values() if layer.block}
    wanted = kept_layer(model)
    if wanted in stands_for:  # a link may name the block
        keep_layer(model, stands_for[wanted])
    picked = pick_layer(run, list(offered), compute.cam_layer(run), lambda name: _label(offered[name]), HELP)
    if wanted and wanted != picked and wanted not in stands_for:
        st.caption(
            f"`{wanted}`, chosen before, is not used here: it is not a convolution, activation or block with a map."
        )
    return picked


def _label(layer: MapLayer) -> str:
    return f"{layer.name}, output of block {layer.block}" if layer.block else layer.name


def coarser(run: Run, layer: str) -> str:
    """If finer maps than the network's last ones are explained: how many pixels the last have. Else ""."""
    found = compute.map_layers_of(run)
    names = {name for each in found for name in (each.name, each.block)}
    _, h, w = found[-1].shape
    if layer not in names or layer in (found[-1].name, found[-1].block):
        return ""
    return f"; the network's last maps, after this layer, have {h}×{w}"
