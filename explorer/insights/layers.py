"""Which layers a model has, what each outputs, and which one Grad-CAM uses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakTensorKeyDictionary

from explorer.errors import UserError
from explorer.insights.hooks import device_of, evaluating, watching
from explorer.models.shapes_only import pass_shapes

CAM_SIDE = 4  # pixels: a coarser map (2×2 in VGG16's last block at 32×32) cannot show where
ACTIVATIONS = (
    nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.SELU, nn.Sigmoid, nn.Tanh, nn.GELU, nn.SiLU, nn.Mish,
    nn.Hardswish, nn.Softplus,
)  # fmt: skip

MapKind = Literal["convolution", "activation", "block"]


@dataclass(frozen=True)
class MapLayer:
    """A layer whose maps Grad-CAM can use. In a residual block, a convolution is one branch; the block's output is
    both."""

    name: str
    kind: MapKind
    shape: tuple[int, ...]  # (C, h, w) for one image
    block: str = ""  # the block that ends in it; its name stands for the same maps

    @property
    def side(self) -> int:
        """Pixels on the shorter side of its maps."""
        return min(self.shape[1:])


def conv_layers(model: nn.Module) -> list[str]:
    """Names of the Conv2d layers in the order in which they are registered, which is the order in which they run for a
    model whose __init__ follows its forward (tests check every model)."""
    return [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]


def weighted_layers(model: nn.Module) -> list[str]:
    """Names of the convolutions and linear layers, in the order in which they are registered."""
    return [name for name, module in model.named_modules() if name and isinstance(module, nn.Conv2d | nn.Linear)]


def layer_shapes(model: nn.Module, channels: int, size: int) -> dict[str, tuple[int, ...]]:
    """Output shape of every leaf module for one image of (channels, size, size), in the order in which they run.

    (C, h, w) for maps, (units,) for flat layers. Read from a forward pass in eval mode; the model stays
    as it was. A module that runs twice keeps its first place and its last shape.
    """
    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        shapes[name] = tuple(output.shape[1:])

    with evaluating(model), watching(model, _leaves(model), note):
        pass_shapes(model, channels, size)
    return shapes


def map_layers(model: nn.Module, channels: int, size: int) -> list[MapLayer]:
    """The convolutions, activations and blocks that put out maps, in the order in which they finish.

    A block is a module with parts that is not just a sequence of them. Where it ends in a layer, as `relu(f(x) + x)`
    does, that layer stands for it and names it in `block`, so that no maps are listed twice. Read from a forward
    pass.
    """
    found: dict[str, MapLayer] = {}
    made_by = WeakTensorKeyDictionary()  # output → the layer that it is from, and how often it was changed in place
    names = [name for name, _ in model.named_modules() if name]

    def note(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        if not isinstance(output, Tensor) or output.dim() != 4:
            return
        kind, shape = _kind(module), tuple(output.shape[1:])
        inside, version = made_by.get(output, (name, -1))
        if version != output._version:
            inside = name
            made_by[output] = name, output._version
        if kind == "block" and inside.startswith(f"{name}."):
            found[inside] = replace(found.get(inside, MapLayer(inside, kind, shape)), block=name)
        elif kind:
            found.pop(name, None)  # a module that runs twice takes the place where it ran last
            found[name] = MapLayer(name, kind, shape)

    # Tensors made in inference mode, which the caller may have chosen, do not count their changes.
    with evaluating(model), torch.inference_mode(False), watching(model, names, note):
        pass_shapes(model, channels, size)
    return list(found.values())


def _kind(module: nn.Module) -> MapKind | None:
    """The kind of a MapLayer; None for a module that Grad-CAM is not offered for."""
    if isinstance(module, nn.Conv2d):
        return "convolution"
    if isinstance(module, ACTIVATIONS):
        return "activation"
    return "block" if any(module.children()) and not isinstance(module, nn.Sequential) else None


def default_cam_layer(model: nn.Module, channels: int, size: int) -> str:
    """The last block or activation, in the order of running, whose map has at least 4×4 pixels: `last_wide`."""
    return last_wide(map_layers(model, channels, size), size)


def last_wide(layers: Sequence[MapLayer], size: int) -> str:
    """The name of the last block or activation, among the layers of a model for images of `size`, whose map has at
    least 4×4 pixels; a convolution if there is none. Raises UserError if no map is that large."""
    if not layers:
        raise UserError("This model has no convolution and so no maps; choose a convolutional network.")
    wide = [layer for layer in layers if layer.side >= CAM_SIDE]
    if not wide:
        raise UserError(
            f"On {size}×{size} images no layer of this model has a map of {CAM_SIDE}×{CAM_SIDE} pixels; "
            "use larger images."
        )
    return next((layer.name for layer in reversed(wide) if layer.kind != "convolution"), wide[-1].name)


def blank_image(model: nn.Module, channels: int, size: int) -> Tensor:
    """One black image, float32 (1, channels, size, size), on the model's device (including meta)."""
    return torch.zeros(1, channels, size, size, device=device_of(model))


def _leaves(model: nn.Module) -> list[str]:
    return [name for name, module in model.named_modules() if name and not any(module.children())]
