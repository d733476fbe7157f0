"""What a model says about images."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from explorer.insights.hooks import as_input, evaluating

BATCH = 256  # images at a time, so that a whole test split fits in memory


class Guess(NamedTuple):
    """One class and its softmax probability in [0, 1]."""

    label: str
    probability: float


def predict(model: nn.Module, images: Tensor) -> np.ndarray:
    """Softmax probabilities in eval mode, float32 (B, classes). `images`: float32 (B, C, H, W) in [0, 1]."""
    with evaluating(model), torch.no_grad():
        parts = [model(as_input(model, part)).float().softmax(dim=1).cpu() for part in images.split(BATCH)]
    return torch.cat(parts).numpy()


def top(probabilities: np.ndarray, classes: tuple[str, ...], k: int = 3) -> list[list[Guess]]:
    """The k likeliest classes of each image, best first (fewer if there are fewer classes); equals keep their order.

    `probabilities`: (B, classes).
    """
    assert probabilities.shape[1] == len(classes), f"{probabilities.shape[1]} probabilities, {len(classes)} classes"
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return [[Guess(classes[i], float(row[i])) for i in best] for row, best in zip(probabilities, order, strict=True)]
