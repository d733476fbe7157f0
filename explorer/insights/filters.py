"""The weights of convolutions."""

import numpy as np
from torch import nn

from explorer.errors import UserError, unknown
from explorer.insights.hooks import find_layer, lock
from explorer.insights.layers import conv_layers


def filters(model: nn.Module, layer: str) -> np.ndarray:
    """Weights of a convolution, a copy, float32 (out, in, k, k); `in` is the channels of one group.

    Raises UserError if there is no such convolution.
    """
    module = find_layer(model, layer)
    if not isinstance(module, nn.Conv2d):
        first_and_last(model)  # raises a UserError if there is none at all
        raise unknown("convolution", layer, conv_layers(model))
    with lock(model):
        return module.weight.detach().float().cpu().numpy().copy()


def first_and_last(model: nn.Module) -> tuple[str, str]:
    """Names of the first and the last convolution; the same name twice if there is one.

    Raises UserError if there is none.
    """
    names = conv_layers(model)
    if not names:
        raise UserError("This model has no convolution and so no filters; choose a convolutional network.")
    return names[0], names[-1]


def filter_norms(weights: np.ndarray) -> np.ndarray:
    """L2 norm of each filter, float64 (out,). `weights`: (out, in, k, k)."""
    return np.linalg.norm(weights.reshape(len(weights), -1).astype(np.float64), axis=1)


def layer_statistics(model: nn.Module) -> list[dict[str, object]]:
    """A row for each convolution, in order: layer, filters, inputs, kernel, mean, std, min, max (of all its weights),
    mean_norm (mean L2 norm of a filter)."""
    return [_statistics(name, filters(model, name)) for name in conv_layers(model)]


def _statistics(layer: str, weights: np.ndarray) -> dict[str, object]:
    out, inputs, height, width = weights.shape
    return {
        "layer": layer,
        "filters": out,
        "inputs": inputs,
        "kernel": f"{height}×{width}",
        "mean": float(weights.mean(dtype=np.float64)),
        "std": float(weights.std(dtype=np.float64)),
        "min": float(weights.min()),
        "max": float(weights.max()),
        "mean_norm": float(filter_norms(weights).mean()),
    }


def contrast(weights: np.ndarray) -> float:
    """The share of a layer's squared weights that varies over a kernel's pixels, 0 to 1: Σ (w − m)² / Σ w², with m the
    mean of each kernel's slice. The rest responds to plain brightness or colour. `weights`: (out, in, k, k); NaN if all
    are 0.

    Independent weights of mean zero have 1 − 1 / k² on average; a kernel of 1×1 has 0.
    """
    exact = weights.astype(np.float64)
    varying = np.square(exact - exact.mean(axis=(2, 3), keepdims=True)).sum()
    whole = np.square(exact).sum()
    return float(varying / whole) if whole else float("nan")
