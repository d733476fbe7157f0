"""Models of every family, and an explanation of them at the layer that one looks at first."""

import torch
from torch import nn

from explorer.insights.attribution import METHODS, explain
from explorer.insights.layers import default_cam_layer
from explorer.models import build

from .nets import seeded

MODELS = {  # every family with convolutions, activations of each kind, with and without skips
    "simple_cnn": {},
    "simple_cnn, no batch norm": {"batch_norm": False, "depth": 4},
    "simple_cnn, tanh": {"activation": "tanh", "depth": 4},
    "residual_cnn": {},
    "resnet20, shortcut B": {"shortcut": "B"},
    "mlp": {"widths": (32, 16)},
}


def model_of(name: str) -> nn.Module:
    return seeded(lambda: build(name.split(",")[0], 3, 10, **MODELS[name]))


def layer_of(method: str, model: nn.Module, size: int = 16) -> str | None:
    return default_cam_layer(model, 3, size) if METHODS[method].needs_layer else None


def attribution(method: str, model: nn.Module, x: torch.Tensor, target=None, contrast=None):
    return explain(method, model, x, layer_of(method, model, x.shape[-1]), target, contrast)
