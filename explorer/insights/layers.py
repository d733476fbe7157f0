"""Which layers a model has, what each puts out, and which one Grad-CAM looks at."""

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.hooks import device_of, evaluating, watching

CAM_SIDE = 4  # pixels: a coarser map (2×2 in VGG16's last block at 32×32) cannot say where


def conv_layers(model: nn.Module) -> list[str]:
    """Names of the Conv2d layers in the order in which they are registered, which is the order in which they run
    for a model whose __init__ follows its forward (tests hold every model to it)."""
    return [name for name, module in model.named_modules() if isinstance(module, nn.Conv2d)]


def weighted_layers(model: nn.Module) -> list[str]:
    """Names of the convolutions and linear layers, in the order in which they are registered."""
    return [name for name, module in model.named_modules() if name and isinstance(module, nn.Conv2d | nn.Linear)]


def layer_shapes(model: nn.Module, channels: int, size: int) -> dict[str, tuple[int, ...]]:
    """Output shape of every leaf module for one image of (channels, size, size), in the order in which they run.

    (C, h, w) for maps, (units,) for flat layers. One black image is sent through in eval mode; the model's state
    stays as it was. A module that runs twice keeps its first place and its last shape.
    """
    shapes: dict[str, tuple[int, ...]] = {}

    def note(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        shapes[name] = tuple(output.shape[1:])

    with evaluating(model), torch.no_grad(), watching(model, _leaves(model), note):
        model(blank_image(model, channels, size))
    return shapes


def default_cam_layer(model: nn.Module, channels: int, size: int) -> str:
    """The last convolution, in the order of running, whose map has at least 4×4 pixels."""
    convolutions = set(conv_layers(model))
    if not convolutions:
        raise UserError("This model has no convolution, so there is no map to look at; choose a convolutional network.")
    shapes = layer_shapes(model, channels, size)
    wide = [name for name, shape in shapes.items() if name in convolutions and min(shape[1:]) >= CAM_SIDE]
    if not wide:
        raise UserError(
            f"On {size}×{size} images no convolution of this model has a map of {CAM_SIDE}×{CAM_SIDE} pixels; "
            "use larger images."
        )
    return wide[-1]


def blank_image(model: nn.Module, channels: int, size: int) -> Tensor:
    """One black image, float32 (1, channels, size, size), where the model lives (the meta device included)."""
    return torch.zeros(1, channels, size, size, device=device_of(model))


def _leaves(model: nn.Module) -> list[str]:
    return [name for name, module in model.named_modules() if name and not any(module.children())]
