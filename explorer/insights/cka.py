"""How similar two representations of the same images are: linear CKA."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from explorer.insights.hooks import as_input, capture, evaluating

BATCH = 64  # images at a time
PAIRS = 2  # of untrained networks, for the baseline


def linear_cka(x: np.ndarray, y: np.ndarray) -> float:
    """Linear centred kernel alignment in [0, 1], 1 if the two are equal except for rotation, reflection and scale.

    x, y: (n, p) and (n, q), one row per image, the same images in the same order. NaN if one of them is constant.
    ‖YᵀX‖² / (‖XᵀX‖ ‖YᵀY‖) of the centred columns, Frobenius norms: Kornblith et al. 2019, Similarity of Neural Network
    Representations Revisited, equation 5. If there are more features than images it is computed from the n × n Gram
    matrices instead, by their equation 4, which gives the same.
    """
    assert len(x) == len(y), f"{len(x)} and {len(y)} images: CKA compares representations of the same ones"
    x, y = (np.asarray(part, dtype=np.float64) for part in (x, y))
    x, y = x - x.mean(axis=0), y - y.mean(axis=0)
    if max(x.shape[1], y.shape[1]) <= len(x):
        shared, own_x, own_y = ((a.T @ b) for a, b in ((y, x), (x, x), (y, y)))
        above = float((shared**2).sum())
    else:
        own_x, own_y = x @ x.T, y @ y.T  # of centred features, so centred already
        above = float((own_x * own_y).sum())
    below = float(np.linalg.norm(own_x) * np.linalg.norm(own_y))
    return min(above / below, 1.0) if below > 1e-12 else float("nan")


def similarity(before: nn.Module, after: nn.Module, layers: list[str], images: Tensor) -> pd.DataFrame:
    """Linear CKA of each layer's outputs for the same images in two states of one network: columns layer, cka.

    images: float32 (n, C, H, W) in [0, 1]. The outputs of a layer of maps count pixel by pixel as features.
    """
    firsts, seconds = (_outputs(model, layers, images) for model in (before, after))
    rows = [(layer, linear_cka(firsts[layer], seconds[layer])) for layer in layers]
    return pd.DataFrame(rows, columns=["layer", "cka"])


def untrained_baseline(
    make: Callable[[int], nn.Module], layers: list[str], images: Tensor, pairs: int = PAIRS
) -> pd.DataFrame:
    """Linear CKA of each layer between untrained networks that differ only in their random weights: layer, baseline.

    The similarity of networks that have learned nothing, because they are built alike and see the same images: after
    the last convolution of simple_cnn 0.96 (128 digits, 2 pairs). A CKA near it says nothing about what was learned.
    The mean over `pairs` pairs; `make(seed)` builds a network.
    """
    found = [similarity(make(2 * pair), make(2 * pair + 1), layers, images)["cka"] for pair in range(pairs)]
    return pd.DataFrame({"layer": layers, "baseline": np.mean(found, axis=0)})


def _outputs(model: nn.Module, layers: list[str], images: Tensor) -> dict[str, np.ndarray]:
    """layer → float32 (n, features)"""
    parts: dict[str, list[np.ndarray]] = {layer: [] for layer in layers}
    with evaluating(model), torch.no_grad(), capture(model, layers) as outputs:
        for batch in images.split(BATCH):
            model(as_input(model, batch))
            for layer in layers:
                parts[layer].append(outputs[layer].flatten(1).float().cpu().numpy())
    return {layer: np.concatenate(of_layer) for layer, of_layer in parts.items()}
