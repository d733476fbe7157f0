"""The Architecture page: the choice of a layer, the verdict, and the diagram."""

from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from explorer import charts
from explorer.charts.formatting import count, macs
from explorer.insights.architecture import WEIGHTED, Architecture, Layer, same, side_by_side
from explorer.insights.findings.wording import listed
from explorer.insights.receptive_field import visible
from explorer.models.layer_names import known
from explorer.models.network import Network
from explorer.ui import choices, display, page
from explorer.ui.pickers import networks
from explorer.ui.pickers.networks import PickedArchitectures, PickedNetwork
from explorer.ui.pickers.runs import keep_layer, layer_of


class Drawn(NamedTuple):
    """What a diagram shows of its network."""

    expanded: tuple[int, ...]  # the map sizes whose identical blocks are drawn one by one
    layer: str  # the chosen one
    marked: frozenset[str]  # layers that the other networks do not have


def pick_layers(architectures: PickedArchitectures) -> dict[str, Layer]:
    """The chosen layer of each network, by default its last convolution: network name → layer."""
    chosen = {}
    for column, (picked, built) in zip(st.columns(len(architectures)), architectures, strict=True):
        layers = {layer.name: layer for layer in built.layers if layer.is_module}
        last = [name for name, layer in layers.items() if layer.kind == "convolution"] or list(layers)
        with column:
            chosen[picked.name] = layers[layer_of(picked.network, picked.name, list(layers), last[-1])]
    return chosen


def verdict(architectures: PickedArchitectures) -> str:
    """How many layers each network has and, after a line break, how large it is and what its last units see."""
    alike: dict[str, list[str]] = {}
    sizes = []
    for picked, built in architectures:
        made, size = _made_and_sees(picked, built)
        alike.setdefault(made, []).append(picked.name)
        sizes.append(size)
    made = [f"{listed(of)} {'is' if len(of) == 1 else 'are each'} made of {layers}" for layers, of in alike.items()]
    return f"{'; '.join(made)}.\n{' '.join(sizes)}"


def _made_and_sees(picked: PickedNetwork, built: Architecture) -> tuple[str, str]:
    weighted = [layer for layer in built.layers if layer.kind in WEIGHTED]
    convolutions = [layer for layer in weighted if layer.kind == "convolution"]
    around = sum(".skip." in layer.name for layer in weighted)  # the number in a ResNet's name does not count these
    text = f"{len(weighted)} layers with weights"
    text += f" ({around} of them in skips)" if around else ""
    size = f"{picked.name}: {count(built.parameters)} parameters, {macs(built.macs)} per image"
    last = (convolutions or weighted)[-1]
    which = "its last convolution" if convolutions else "any layer"
    return text, f"{size}; a unit of {which} sees {visible(last.field, last.side, picked.network.size)}."


def pick_expanded(architectures: PickedArchitectures) -> list[int]:
    """The map sizes, in pixels a side, whose identical blocks are drawn one by one."""
    sides = sorted(
        {unit.side for _, built in architectures for unit in built.units() if unit.repeats > 1}, reverse=True
    )
    if not sides:
        return []
    return choices.pills(
        "Expand blocks with maps of",
        sides,
        "unfolded",
        format_func=lambda side: f"{side}×{side}" if side > 1 else "1×1 and flat",
        hidden=page.presenting(),
        help="Identical consecutive blocks are drawn once, marked with × and their number.",
    )


def diagrams(architectures: PickedArchitectures, chosen: dict[str, Layer], expanded: list[int]) -> None:
    """Draw the networks side by side; a click chooses a layer for all pages."""
    marked = _differing(architectures)
    for column, (picked, built) in zip(st.columns(len(architectures)), architectures, strict=True):
        with column:
            networks.heading(picked)
            signs = frozenset(marked[picked.name])
            layer = chosen[picked.name].name
            display.clickable(
                _diagram(picked.network, Drawn(tuple(expanded), layer, signs), page.presenting()),
                f"The layers of {picked.name} from the image at the top to the logits at the bottom",
                f"diagram-{picked.name}",
                "layer",
                partial(_keep, picked, built),
                numbers=(),  # they are in the table of layers
            )
    more = " ≠ marks layers that not all of these networks have." if len(architectures) > 1 else ""
    st.caption(
        f"Read from top to bottom, each row from left to right. The line around a block is its skip, + the addition at "
        f"its end, ↓2 a stride of 2. Click a layer to choose it here and on every page of this section.{more}"
    )


@st.cache_resource(max_entries=64, show_spinner=False)
def _diagram(network: Network, drawn: Drawn, present: bool) -> dict:
    """A Vega-Lite specification, cached because making it takes ten times as long as showing it."""
    units, called = networks.architecture(network).units(drawn.expanded), partial(known, network)
    return display.specification(charts.diagram(units, drawn.layer, drawn.marked, present, called))


def _keep(picked: PickedNetwork, built: Architecture, point: dict[str, Any]) -> None:
    """Choose the layer that was clicked in a diagram."""
    if (layer := point.get("layer")) in {layer.name for layer in built.layers if layer.is_module}:
        keep_layer(picked.network.model, layer)


def _differing(architectures: PickedArchitectures) -> dict[str, set[str]]:
    """For each network, the names of its layers that not all networks have; empty sets if there is only one network."""
    marked = {picked.name: set() for picked, _ in architectures}
    for row in side_by_side(*(built for _, built in architectures)):
        if not same(row):
            for (picked, _), layer in zip(architectures, row, strict=True):
                marked[picked.name] |= {layer.name} if layer else set()
    return marked
