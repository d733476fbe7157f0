"""Pieces that several families share."""

from collections import OrderedDict
from collections.abc import Iterable

from torch import nn

from explorer.models.activations import new_activation


def sequential(**modules: nn.Module) -> nn.Sequential:
    """Modules one after the other under readable names, which pages show as layer names."""
    return nn.Sequential(OrderedDict(modules))


def conv_layers(
    channels: int, convs: Iterable[tuple[int, int]], activation: str, batch_norm: bool, bias: bool
) -> dict[str, nn.Module]:
    """conv1, (bn1,) act1, conv2, …: a stride-1 convolution for each (kernel, width) in `convs`. H and W stay."""
    layers: dict[str, nn.Module] = {}
    for number, (kernel, width) in enumerate(convs, 1):
        layers[f"conv{number}"] = nn.Conv2d(channels, width, kernel, padding=kernel // 2, bias=bias)
        if batch_norm:
            layers[f"bn{number}"] = nn.BatchNorm2d(width)
        layers[f"act{number}"] = new_activation(activation)
        channels = width
    return layers
