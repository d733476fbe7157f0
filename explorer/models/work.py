"""How much there is to compute and to store for one image: this determines the number of threads, and whether memory
suffices."""

import math
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.models.shapes_only import pass_shapes


@dataclass(frozen=True)
class Work:
    """For one image on its way through a model."""

    macs: int  # multiply-accumulates of convolutions and linear layers, without their biases
    layers: int  # convolutions and linear layers
    outputs: int  # numbers that all layers output; training keeps them for the backward pass
    parameters: int  # of the model, whatever the image


def work_of(model: nn.Module, channels: int, size: int) -> Work:
    """Counted in a forward pass; the model is in eval mode afterwards. It may be built `without_memory`."""
    macs = layers = outputs = 0

    def count(module: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal macs, layers, outputs
        outputs += math.prod(output.shape[1:])
        if isinstance(module, nn.Conv2d | nn.Linear):
            macs += macs_of(module, tuple(output.shape[1:]))
            layers += 1

    model.eval()
    with ExitStack() as hooks:
        for module in model.modules():
            if not any(module.children()):
                hooks.callback(module.register_forward_hook(count).remove)
        pass_shapes(model, channels, size)
    return Work(macs, layers, outputs, sum(parameter.numel() for parameter in model.parameters()))


def macs_of(module: nn.Conv2d | nn.Linear, output: tuple[int, ...]) -> int:
    """Multiply-accumulates of one layer whose output for one image has the shape `output`."""
    per_output = module.weight[0].numel()  # (in/groups)·k·k of a convolution, the inputs of a linear layer
    return torch.Size(output).numel() * per_output
