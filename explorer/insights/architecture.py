"""What a network is made of: every layer with its size and cost, the blocks they form, and the memory of training."""

import copy
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

import torch
from torch import Tensor, nn

from explorer.insights.graph import Node, graph
from explorer.insights.hooks import evaluating, lock
from explorer.insights.layers import ACTIVATIONS, blank_image
from explorer.insights.receptive_field import Field, receptive_fields
from explorer.models import Normalize
from explorer.models.work import macs_of

FLOAT = 4  # bytes of a float32
# How many float32 arrays an optimizer keeps per parameter, besides weights and gradients.
OPTIMIZER_STATE = {"sgd": 0, "sgd with momentum": 1, "muon": 1, "adamw": 2}

POOLS = nn.MaxPool2d | nn.AvgPool2d | nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d
NORMS = Normalize | nn.BatchNorm1d | nn.BatchNorm2d | nn.GroupNorm | nn.LayerNorm
KINDS = {
    "convolution": nn.Conv2d,
    "linear": nn.Linear,
    "pooling": POOLS,
    "normalisation": NORMS,
    "activation": ACTIVATIONS,
}
WEIGHTED = ("convolution", "linear")  # the kinds that count towards a network's depth


@dataclass(frozen=True)
class Layer:
    """One layer, or one addition of a skip connection, for one image."""

    name: str
    type: str  # the class of the module, or the name of the function
    kind: str  # a key of KINDS, "addition" or "other"
    setting: str  # what the type leaves open: "3×3, 16→32, stride 2"
    shape: tuple[int, ...]  # of the output: (C, h, w) or (units,)
    parameters: int
    macs: int  # multiply-accumulates; only convolutions and linear layers have any worth counting
    field: Field  # the theoretical receptive field
    is_module: bool  # False for a function, whose output no page can show

    @property
    def activation_bytes(self) -> int:
        """Bytes of its output, in float32."""
        return FLOAT * torch.Size(self.shape).numel()

    @property
    def side(self) -> int:
        """Pixels a side of its map; 1 if it is flat."""
        return max(self.shape[1:]) if len(self.shape) == 3 else 1


Row = tuple[Layer | None, ...]  # counterparts in several networks, one place per network


@dataclass(frozen=True)
class Unit:
    """A block with a skip, or a single step without one; equal ones in a row form one unit."""

    steps: tuple[tuple[Layer, ...], ...]  # a layer, and what follows it without further weights: batch norm, + …
    skip: tuple[Layer, ...] | None  # the layers on its skip, () if the skip has none; None: there is no skip
    blocks: tuple[str, ...]  # names of equal members: modules for blocks, first layers for steps

    @property
    def repeats(self) -> int:
        """How many equal members follow each other, 1 or more."""
        return len(self.blocks)

    @property
    def side(self) -> int:
        """Pixels a side of its maps."""
        return self.steps[-1][0].side


@dataclass(frozen=True)
class Architecture:
    """A network for images of one shape."""

    layers: tuple[Layer, ...]  # in the order in which they run
    blocks: tuple[Unit, ...]  # the same as blocks and steps, none of them merged
    parameters: int
    macs: int  # of one image
    saved_bytes: int  # what the forward pass of one image keeps for the backward pass, in float32

    def units(self, unfolded: Collection[int] = ()) -> tuple[Unit, ...]:
        """Blocks and steps; equal ones in a row form one unit, which shows the first of them.

        `unfolded`: sides of the maps, in pixels, at which every block is a unit of its own.
        """
        units = []
        for _, group in groupby(self.blocks, lambda unit: (_alike(unit), unit.side in unfolded and unit.blocks)):
            alike = list(group)
            units.append(Unit(alike[0].steps, alike[0].skip, tuple(name for unit in alike for name in unit.blocks)))
        return tuple(units)

    def training_bytes(self, optimizer: str, batch_size: int) -> dict[str, int]:
        """Memory of training in float32, in bytes, by purpose. `optimizer`: a key of OPTIMIZER_STATE.

        With P parameters: weights 4·P, gradients 4·P, optimizer state 4·P · (0 for plain SGD, 1 for the momentum, 2 for
        AdamW's two averages); activations: `saved_bytes` · batch size, which is what autograd keeps for the backward
        pass, counted tensor by tensor. Workspace that a library needs to compute a layer is not included.
        """
        return {
            "weights": FLOAT * self.parameters,
            "gradients": FLOAT * self.parameters,
            "optimizer state": FLOAT * self.parameters * OPTIMIZER_STATE[optimizer],
            "activations": self.saved_bytes * batch_size,
        }


def architecture(model: nn.Module, channels: int, size: int) -> Architecture:
    """The architecture as read from one forward pass of a black image; for a model on the meta device nothing is
    computed."""
    layers = _layers(model, channels, size)
    return Architecture(
        layers=tuple(layers.values()),
        blocks=tuple(_blocks(layers)),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=sum(layer.macs for layer in layers.values()),
        saved_bytes=saved_bytes(model, channels, size),
    )


def layers(model: nn.Module, channels: int, size: int) -> tuple[Layer, ...]:
    """Only the layers, in the order in which they run."""
    return tuple(_layers(model, channels, size).values())


def _layers(model: nn.Module, channels: int, size: int) -> dict[Node, Layer]:
    nodes = graph(model, channels, size)
    fields = receptive_fields(nodes, size)
    return {node: _layer(node, fields[node.name]) for node in nodes}


def saved_bytes(model: nn.Module, channels: int, size: int) -> int:
    """Bytes that autograd keeps of one image until the backward pass, without weights; in train mode, float32.

    Every tensor that a backward function asks to keep is counted once. Runs on the meta device, to which a real model
    is copied first.
    """
    with lock(model):
        model = copy.deepcopy(model).to("meta")
    of_model = {_storage(tensor) for tensor in (*model.parameters(), *model.buffers())}
    saved: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        if _storage(tensor) not in of_model:
            saved[_storage(tensor)] = tensor
        return tensor

    images = blank_image(model, channels, size).expand(2, -1, -1, -1)  # the 1×1 map of a single image has no variance
    hooks = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    with evaluating(model), torch.enable_grad(), hooks:
        model.train().requires_grad_(True)
        model(images.contiguous())
    return sum(tensor.untyped_storage().nbytes() for tensor in saved.values()) // 2


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata  # the address of its memory says nothing on the meta device


def _layer(node: Node, field: Field) -> Layer:
    parameters = sum(each.numel() for each in node.module.parameters()) if node.module is not None else 0
    macs = macs_of(node.module, node.shape) if isinstance(node.module, nn.Conv2d | nn.Linear) else 0
    kind = "addition" if node.kind == "add" else "other"
    kind = next((name for name, classes in KINDS.items() if isinstance(node.module, classes)), kind)
    setting = _setting(node.module)
    is_module = node.module is not None and "#" not in node.name
    return Layer(node.name, node.kind, kind, setting, node.shape, parameters, macs, field, is_module)


def _setting(module: nn.Module | None) -> str:
    """What differs between two modules of one class, for people to read."""
    if isinstance(module, nn.Conv2d):
        parts = [_by(module.kernel_size), f"{module.in_channels}→{module.out_channels}"]
        parts += [f"stride {max(module.stride)}"] * (max(module.stride) > 1)
        parts += [f"{module.groups} groups"] * (module.groups > 1)
        return ", ".join(parts)
    if isinstance(module, nn.Linear):
        return f"{module.in_features}→{module.out_features}"
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
        return f"{_by(module.kernel_size)}, stride {_by(module.stride).split('×')[0]}"
    if isinstance(module, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        return f"to {_by(module.output_size)}"
    return f"p = {module.p:g}" if isinstance(module, nn.Dropout) else ""


def _by(sides: int | tuple[int | None, ...] | None) -> str:
    return "×".join(map(str, sides if isinstance(sides, tuple) else (sides, sides)))


def _blocks(layers: dict[Node, Layer]) -> Iterator[Unit]:
    """Nodes as blocks, which are the modules that contain an addition of two branches, and single steps."""
    scopes = {node.scope for node in layers if node.kind == "add" and len(node.inputs) > 1} - {""}

    def block_of(node: Node) -> str:
        return next((scope for scope in scopes if f"{node.name}.".startswith(f"{scope}.")), "")

    for scope, group in groupby(layers, block_of):
        members = list(group)
        around = _skip(members) if scope else []
        steps = _steps([layers[node] for node in members if node not in around])
        if scope:
            yield Unit(tuple(steps), tuple(layers[node] for node in around), (scope,))
        else:
            yield from (Unit((step,), None, (step[0].name,)) for step in steps)


def _skip(members: list[Node]) -> list[Node]:
    """The nodes on the skip of a block: of the two branches of its addition, the one with less to compute."""
    inside = set(members)
    addition = next(node for node in members if node.kind == "add" and len(node.inputs) > 1)

    def branch(node: Node) -> set[Node]:
        return {node}.union(*map(branch, node.inputs)) if node in inside else set()

    def work(nodes: set[Node]) -> tuple[bool, int]:
        return any(list(node.module.parameters()) for node in nodes if node.module is not None), len(nodes)

    least = min((branch(node) for node in addition.inputs), key=work)
    return [node for node in members if node in least]


def _steps(layers: list[Layer]) -> list[tuple[Layer, ...]]:
    """A step begins with every layer that has weights and is no normalisation, or that pools; the other layers belong
    to the step before."""
    steps: list[list[Layer]] = []
    for layer in layers:
        begins = layer.kind in ("convolution", "linear", "pooling") or layer.type == "Normalize"
        if begins or not steps:
            steps.append([layer])
        else:
            steps[-1].append(layer)
    return [tuple(step) for step in steps]


def _alike(unit: Unit) -> tuple:
    """Equal for units that do the same: the same layers, and the same layers on their skips."""
    steps = tuple(tuple(map(_signature, step)) for step in unit.steps)
    return steps, unit.skip if unit.skip is None else tuple(map(_signature, unit.skip))


def _signature(layer: Layer) -> tuple:
    return layer.type, layer.setting, layer.shape


def _type(layer: Layer) -> str:
    return layer.type


def side_by_side(first: Architecture, *others: Architecture) -> list[Row]:
    """The layers of networks in the order in which they run; a row holds counterparts, whatever their names.

    Each network is aligned with those before it: first layers that are equal in type, setting and output shape are
    matched, then, between them, layers of the same type. None: there is no counterpart.
    """
    rows: list[Row] = [(layer,) for layer in first.layers]
    for other in others:
        stand_for = [next(layer for layer in row if layer) for row in rows]
        before, absent, rows = iter(rows), (None,) * len(rows[0]), []
        for counterpart, layer in _pairs(stand_for, other.layers, [_signature, _type]):
            rows.append((*(next(before) if counterpart else absent), layer))
    return rows


def same(row: Row) -> bool:
    """Whether all networks have this layer, with the same setting and output shape."""
    return None not in row and len({_signature(layer) for layer in row if layer}) == 1


def _pairs(
    a: Sequence[Layer], b: Sequence[Layer], keys: list[Callable[[Layer], Hashable]]
) -> Iterator[tuple[Layer | None, Layer | None]]:
    if not keys:
        yield from ((layer, None) for layer in a)
        yield from ((None, layer) for layer in b)
        return
    matcher = SequenceMatcher(None, [*map(keys[0], a)], [*map(keys[0], b)], autojunk=False)
    for what, a0, a1, b0, b1 in matcher.get_opcodes():
        if what == "equal":
            yield from zip(a[a0:a1], b[b0:b1], strict=True)
        else:
            yield from _pairs(a[a0:a1], b[b0:b1], keys[1:])
