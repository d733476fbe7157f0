"""Which layers of different networks correspond to each other, so that a chart can draw them at one place.

The rule uses roles, not weights: two layers match if both are the first convolution, or the same linear layer counted
from the last, or the same convolution (or normalisation) counted among those with maps of one size. It does not say
whether they compute the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from torch import nn

from explorer.insights.layers import layer_shapes

RULE = (
    "Matching layers share a position: the first convolution, the last linear layer, and between them convolutions "
    "of the same number, counted among those whose maps are of one size."
)
Role = tuple[int, int, int, int]  # stage (first, maps, flat), minus the map's side, number, kind; in order of depth
FIRST, MAPS, FLAT = range(3)
CONV, NORM, SKIP_CONV, SKIP_NORM, LINEAR, OTHER = range(6)


def roles(model: nn.Module, channels: int, size: int) -> dict[str, Role]:
    """The role of every layer that has its own parameters and runs, by its module's name; no two have the same."""
    shapes = layer_shapes(model, channels, size)
    modules = {name: module for name, module in model.named_modules() if name in shapes}
    layers = [name for name, module in modules.items() if any(True for _ in module.parameters(recurse=False))]
    linear = [name for name in layers if isinstance(modules[name], nn.Linear)]
    convolutions: Counter[int] = Counter()  # side of the maps → how many so far, on the main path
    found: dict[str, Role] = {}
    for name in layers:
        kind, flat = _kind(name, modules[name]), len(shapes[name]) != 3
        if kind == LINEAR:
            found[name] = (FLAT, 0, linear.index(name) - len(linear), kind)
            continue
        side = 0 if flat else min(shapes[name][1:])
        convolutions[side] += kind == CONV
        stage = FIRST if convolutions.total() == 1 and kind in (CONV, NORM) else FLAT if flat else MAPS
        role = (stage, 0 if stage == FIRST else -side, convolutions[side], kind)
        while role in found.values():  # two of a kind without a convolution between them
            role = (role[0], role[1], role[2] + 1, kind)
        found[name] = role
    return found


def _kind(name: str, module: nn.Module) -> int:
    if isinstance(module, nn.Linear):
        return LINEAR
    skip = ".skip" in name
    if isinstance(module, nn.Conv2d):
        return SKIP_CONV if skip else CONV
    normalises = isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.GroupNorm | nn.LayerNorm)
    return (SKIP_NORM if skip else NORM) if normalises else OTHER


def rows(networks: Sequence[Mapping[str, Role]]) -> dict[Role, tuple[str | None, ...]]:
    """The roles of all networks in order of depth → the layer of each network that has it, None if it has none.

    `networks`: for each, layer (under any name) → role, as from `roles`.
    """
    by_role = [{role: layer for layer, role in network.items()} for network in networks]
    every = sorted(set().union(*by_role))
    return {role: tuple(layers.get(role) for layers in by_role) for role in every}


def label(layers: Sequence[str | None]) -> str:
    """The label of a row: the name of its layers, once if they agree."""
    return " / ".join(dict.fromkeys(layer for layer in layers if layer))
