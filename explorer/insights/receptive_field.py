"""Which pixels a unit of a layer can see, and which ones affect it most."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.features import output_at
from explorer.insights.graph import Node, graph
from explorer.insights.hooks import as_input, evaluating
from explorer.models.blocks import ZeroPad

WINDOWED = nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d
HELD = 0.95  # of the gradient: what `held_side` measures


@dataclass(frozen=True)
class Field:
    """The square of pixels that can change a unit, the same along rows and columns. Lengths in pixels of the image."""

    size: int  # of the square's side
    stride: int  # from the square of one unit to that of the next; 0 if all units of the layer have the same
    padding: int  # how far the square of the first unit extends beyond the image, at the top and at the left

    def start(self, unit: int) -> int:
        """The first row (or column) that unit `unit` of its row (or column) sees; negative: outside the image."""
        return -self.padding + unit * self.stride

    def centre(self, unit: int) -> float:
        """−padding + unit · stride + (size − 1) / 2; 0 is the middle of the first pixel."""
        return self.start(unit) + (self.size - 1) / 2

    def nearest(self, pixel: int, units: int) -> int:
        """Of `units` units in a row, the one whose square is centred closest to a pixel of that row."""
        return min(range(units), key=lambda unit: abs(self.centre(unit) - pixel))

    def covers(self, unit: int, size: int) -> bool:
        """Whether unit `unit` of its row (or column) sees all `size` pixels of the image's."""
        return self.start(unit) <= 0 and self.start(unit) + self.size >= size


IMAGE = Field(1, 1, 0)


def visible(field: Field, units: int, size: int) -> str:
    """What a unit can see of an image of `size` pixels a side, in words; a field larger than the image counts as the
    whole image. `units`: how many there are in a row of the layer."""
    image, covering = f"the whole {size}×{size} image", [field.covers(unit, size) for unit in range(units)]
    if all(covering):
        return image
    if any(covering):
        return f"{image} if it lies in the middle, and part of it if at the edge"
    if field.size > size:
        return f"most of the {size}×{size} image"
    return f"{field.size}×{field.size} of the {size}×{size} pixels"


def receptive_fields(nodes: tuple[Node, ...], size: int) -> dict[str, Field]:
    """The theoretical receptive field of every node of a graph that was made from images of `size` pixels.

    A window of k pixels at stride s on a layer with the field (r, j, p) has the field (r + (k − 1) · j, j · s, p +
    padding · j) (Araujo et al. 2019). Where branches meet, the field reaches from the first pixel of either to the last
    of either: the larger path, where one holds the other. Flat layers see what the map before them sees as a whole. A
    layer without a window that keeps the map's size works pixel by pixel. Raises UserError if a layer that is none of
    PyTorch's changes the size of its maps.
    """
    fields: dict[str, Field] = {}
    for node in nodes:
        before = _union([(fields[given.name], given.side) for given in node.inputs] or [(IMAGE, size)])
        kernel, stride, padding = _window(node, size)
        fields[node.name] = Field(
            size=before.size + (kernel - 1) * before.stride,
            stride=before.stride * stride,
            padding=before.padding + padding * before.stride,
        )
    return fields


def _union(branches: list[tuple[Field, int]]) -> Field:
    """`branches`: (field, pixels a side of its map); a 1×1 map that scales another one does not affect the stride."""
    start = min(field.start(0) for field, _ in branches)
    end = max(field.start(0) + field.size for field, _ in branches)
    widest = max(branches, key=lambda branch: branch[1])[0]
    return Field(end - start, widest.stride, -start)


def _window(node: Node, size: int) -> tuple[int, int, int]:
    """(kernel, stride, padding) of a node's window on its input; if the sides differ, the longer."""
    given = max((other.side for other in node.inputs), default=size)
    module = node.module
    if isinstance(module, WINDOWED):
        kernel = (_longer(module.kernel_size) - 1) * _longer(getattr(module, "dilation", 1)) + 1
        by_name = {"same": (kernel - 1) // 2, "valid": 0}
        padding = by_name[module.padding] if isinstance(module.padding, str) else _longer(module.padding)
        return kernel, _longer(module.stride), padding
    if isinstance(module, ZeroPad):
        return 1, module.stride, 0
    if len(node.shape) == 1:
        return given, 1, 0
    if isinstance(module, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        # Windows that differ in size, or that overlap to make a map larger: each sees at most the whole map.
        return (given // node.side, given // node.side, 0) if given % node.side == 0 else (given, 0, 0)
    if node.side != given:
        raise UserError(
            f"The receptive field of '{node.name}' ({node.kind}) is unknown, because it turns maps of {given} pixels "
            f"per side into {node.side}: use nn.Conv2d or one of PyTorch's pooling modules there."
        )
    return 1, 1, 0


def _longer(sides: int | tuple[int, ...]) -> int:
    return max(sides) if isinstance(sides, tuple) else sides


def field_growth(model: nn.Module, channels: int, size: int) -> list[tuple[str, Field]]:
    """(layer, its theoretical receptive field) for every convolution and pooling up to the last convolution, in the
    order in which they run, without those on skips; empty for a network without convolutions."""
    nodes = graph(model, channels, size)
    fields = receptive_fields(nodes, size)
    seeing = [node for node in nodes if isinstance(node.module, WINDOWED) and ".skip." not in f".{node.name}."]
    last = max((index for index, node in enumerate(seeing) if isinstance(node.module, nn.Conv2d)), default=-1)
    return [(node.name, fields[node.name]) for node in seeing[: last + 1]]


def effective_field(model: nn.Module, layer: str, images: Tensor, row: int, column: int) -> np.ndarray:
    """How strongly each pixel affects one place of a layer: float32 (H, W), sums to 1 unless nothing affects it.

    |∂(sum over the channels at [row, column]) / ∂pixel|, summed over the colours, mean over `images`, float32 (B, C, H,
    W) in [0, 1]. Luo et al. 2016, "Understanding the Effective Receptive Field". For a flat layer the units are summed,
    and row and column are 0. Raises UserError if the layer has no such place.
    """
    with evaluating(model), torch.inference_mode(False), torch.enable_grad():
        pixels = as_input(model, images).clone().requires_grad_(True)
        output = output_at(model, layer, pixels)
        output = output if output.dim() == 4 else output[..., None, None]
        height, width = output.shape[2:]
        if not (0 <= row < height and 0 <= column < width):
            raise UserError(
                f"Layer '{layer}' has no unit at row {row}, column {column}: its maps are {height}×{width}."
            )
        (gradient,) = torch.autograd.grad(output[:, :, row, column].sum(), pixels)
    strength = gradient.abs().sum(dim=1).mean(dim=0).double()
    return (strength / (strength.sum() or 1.0)).float().cpu().numpy()


def held_side(effective: np.ndarray, share: float = HELD) -> int:
    """Side of a square with as many pixels as the strongest that hold `share` of an effective field; 0 if it is empty.

    `effective`: (H, W), as from `effective_field`.
    """
    strongest = np.sort(effective.ravel().astype(np.float64))[::-1]
    if not strongest.sum() > 0:
        return 0
    pixels = np.searchsorted(np.cumsum(strongest) / strongest.sum(), share) + 1
    return math.ceil(math.sqrt(min(pixels, strongest.size)))
