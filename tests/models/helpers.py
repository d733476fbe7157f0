"""What several tests of models count and try."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.models import build


def parameters(model: nn.Module) -> int:
    return sum(each.numel() for each in model.parameters())


def on_meta(name: str, channels: int, classes: int = 10, size: int = 32, **options) -> nn.Module:
    """The model without memory for its weights."""
    with torch.device("meta"):
        return build(name, channels, classes, size, **options)


def mmac(model: nn.Module, channels: int, size: int = 32) -> float:
    """Million multiply-accumulates of one image through a model on the meta device. The counter counts 2 for each."""
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(1, channels, size, size, device="meta"))
    return counter.get_total_flops() / 2e6
