"""The layer that the CAM methods explain in each run: the same pickers on every page with explanations."""

from collections.abc import Sequence

import streamlit as st

from explorer.insights.layers import MapLayer
from explorer.models.layer_names import module_name
from explorer.runs import WeightsSource
from explorer.ui import compute, names
from explorer.ui.markdown import code
from explorer.ui.pickers.runs import keep_layer, kept_layer, pick_layer

HELP = (
    "A convolution, an activation or a block. Default: the output of the last block or activation with a map of at "
    "least 4×4 pixels. In a residual network, a convolution is only one of the two branches that are added."
)


def pick_layers(chosen: Sequence[WeightsSource]) -> dict[str, str]:
    """Show a picker in a column for each run with maps; run id → layer, without runs that have no maps."""
    layers = {}
    for column, source in zip(st.columns(len(chosen)), chosen, strict=True):
        if has_maps(source):
            with column:
                layers[source.id] = _pick(source)
    return layers


def has_maps(source: WeightsSource) -> bool:
    """Whether the CAM methods can explain the run's network."""
    return compute.why_not(source, "grad-cam") is None


def _pick(source: WeightsSource) -> str:
    offered, model = {layer.name: layer for layer in compute.map_layers_of(source)}, source.config.model
    stands_for = {layer.block: layer.name for layer in offered.values() if layer.block}
    wanted = module_name(source.network, kept_layer(model) or "")
    if wanted in stands_for:  # a link may name the block instead
        keep_layer(model, stands_for[wanted])
    picked = pick_layer(
        source, list(offered), compute.cam_layer(source), lambda name: _label(source, offered[name]), HELP
    )
    if wanted and wanted != picked and wanted not in stands_for:
        st.caption(
            f"{code(names.layer(source, wanted))}, chosen before, is not used here: it is not a convolution, "
            "activation or block with a map."
        )
    return picked


def _label(source: WeightsSource, layer: MapLayer) -> str:
    name, block = names.layer(source, layer.name), names.layer(source, layer.block)
    if not block:
        return name
    return f"{name}, end of {'its block' if name.startswith(f'{block}.') else block}"


def coarser(source: WeightsSource, layer: str) -> str:
    """How many pixels the network's last maps have, if finer ones are explained; else ""."""
    found = compute.map_layers_of(source)
    known_here = {name for each in found for name in (each.name, each.block)}
    _, h, w = found[-1].shape
    if layer not in known_here or layer in (found[-1].name, found[-1].block):
        return ""
    return f"; the network's last maps, after this layer, have {h}×{w}"
