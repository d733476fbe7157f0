"""The number that is explained: a class's logit, or how far it is above another's."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.hooks import did_not_run

Target = int | Sequence[int] | np.ndarray | Tensor | None


class Question:
    """The model with one number out for each image, in front of which Captum needs no target of its own.

    It finds the predicted classes in the first pass, which Captum makes anyway, and counts all passes.
    """

    def __init__(self, model: nn.Module, images: Tensor, target: Target, versus: Target, layer: str | None):
        """`images`: float32 (B, C, H, W) on the model's device; the first pass must begin with them."""
        self.model = model
        self.images = images
        self.rows = torch.arange(len(images), device=images.device)  # Captum repeats them as it repeats images
        self.layer = layer
        self.seen: tuple[int, ...] | None = None  # shape of what that layer puts out for an image, once it has run
        self._wanted = target, versus
        self.target: Tensor | None = None  # int64 (B,), known after the first pass
        self.versus: Tensor | None = None
        self._weights: Tensor | None = None  # (B, classes): of each logit in the number, 1 of the target's, −1 against
        self.passed = [0, 0]  # images sent forward; of these, with gradients, which are then sent backward

    def number(self, images: Tensor, rows: Tensor) -> Tensor:
        """(N, C, H, W) and which of the B images each is made from, (N,) → (N,)."""
        logits = self.model(images)
        self.passed[0] += len(images)
        self.passed[1] += len(images) * logits.requires_grad
        if self.target is None:
            self._settle(logits.detach()[: len(self.rows)])
        return (logits * (self._weights if rows is self.rows else self._weights[rows])).sum(dim=1)

    def as_module(self) -> nn.Module:
        """`number` as the module that those of Captum's methods want which set hooks on all that is in it."""
        return _Module(self)

    def see(self, name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        """To be called when the layer has run."""
        self.seen = tuple(output.shape[1:])

    def ask(self) -> Tensor:
        """The number for each image, (B,), before Captum sends altered copies."""
        with torch.no_grad():
            return self.number(self.images, self.rows)

    def _settle(self, logits: Tensor) -> None:
        if self.layer is not None:
            _check_maps(self.layer, self.seen)
        target, versus = self._wanted
        self.target = _classes(target, logits)
        self._weights = torch.zeros_like(logits).scatter_(1, self.target[:, None], 1)
        if versus is None:
            return
        self.versus = _classes(versus, logits)
        same = self.versus == self.target
        if same.any():
            raise UserError(f"Class {int(self.target[same][0])} set against itself explains nothing: choose two.")
        self._weights.scatter_(1, self.versus[:, None], -1)


class _Module(nn.Module):
    def __init__(self, question: Question):
        super().__init__()
        self.model, self.number = question.model, question.number

    def forward(self, images: Tensor, rows: Tensor) -> Tensor:
        return self.number(images, rows)


def _check_maps(layer: str, shape: tuple[int, ...] | None) -> None:
    if shape is None:
        raise did_not_run(layer)
    if len(shape) != 3:
        raise UserError(f"Layer '{layer}' puts out {shape} an image, no map; choose a convolution.")


def _classes(target: Target, logits: Tensor) -> Tensor:
    """The class of each image, int64 (B,). `logits`: (B, classes)."""
    images, classes = logits.shape
    if target is None:
        return logits.argmax(dim=1)
    wanted = torch.as_tensor(target, dtype=torch.int64, device=logits.device).reshape(-1)
    if len(wanted) not in (1, images):
        raise UserError(f"{len(wanted)} target classes for {images} images; give one for all, or one for each.")
    for value in wanted.tolist():
        if not 0 <= value < classes:
            raise UserError(f"No class {value}; choose one from 0 to {classes - 1}.")
    return wanted.expand(images)
