"""What a model predicts for images."""

from collections.abc import Mapping
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
    """The k most probable classes of each image, best first (fewer if there are fewer classes); equal ones keep their
    order.

    `probabilities`: (B, classes).
    """
    assert probabilities.shape[1] == len(classes), f"{probabilities.shape[1]} probabilities, {len(classes)} classes"
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return [[Guess(classes[i], float(row[i])) for i in best] for row, best in zip(probabilities, order, strict=True)]


def union_of_top(probabilities: Mapping[str, tuple[np.ndarray, tuple[str, ...]]], k: int = 3) -> dict[str, list[Guess]]:
    """For each network the probability of every class that is among the k most probable of any, so that no bar is
    missing if a probability is small; the class with the largest probability comes first.

    `probabilities`: network → (its probabilities, float (classes,), the names of its classes). A class that a network
    does not have is left out only of its list.
    """
    of_each = {
        name: dict(zip(classes, map(float, values), strict=True)) for name, (values, classes) in probabilities.items()
    }
    wanted: dict[str, float] = {}
    for values, classes in probabilities.values():
        for guess in top(values[None], classes, k)[0]:
            wanted[guess.label] = max(guess.probability, wanted.get(guess.label, 0.0))
    ordered = sorted(wanted, key=lambda label: -wanted[label])
    return {name: [Guess(label, of[label]) for label in ordered if label in of] for name, of in of_each.items()}
