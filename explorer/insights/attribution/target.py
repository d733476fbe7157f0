"""The score that is explained: a class's logit, or how far it is above another's."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.hooks import did_not_run, find_layer

TargetClass = int | Sequence[int] | np.ndarray | Tensor | None


class Target:
    """The model with one score as output for each image, for which Captum needs no target of its own.

    It determines the predicted classes in the first pass, which Captum makes anyway, and counts all passes.
    """

    def __init__(
        self, model: nn.Module, images: Tensor, target: TargetClass, contrast: TargetClass, layer: str | None
    ) -> None:
        """`images`: float32 (B, C, H, W) on the model's device; the first pass must begin with them."""
        self.model = model
        self.images = images
        self.rows = torch.arange(len(images), device=images.device)  # Captum repeats them as it repeats images
        self.layer = layer
        self._chosen = target, contrast
        self._target: Tensor | None = None  # known after the first pass
        self.contrast: Tensor | None = None  # int64 (B,), like `target`, if there is one
        self.passed = [0, 0]  # images sent forward; those with gradients, which are then sent backward

    @property
    def target(self) -> Tensor:
        """int64 (B,): the class of each image. Only available after the first pass, which may determine it."""
        if self._target is None:
            raise RuntimeError("The target is not known before the first pass.")
        return self._target

    def score(self, images: Tensor, rows: Tensor) -> Tensor:
        """(N, C, H, W) and which of the B images each is made from, (N,) → (N,).

        Raises UserError if a class does not exist or is compared with itself, or if the layer has no maps.
        """
        logits = self._first(images) if self._target is None else self.model(images)
        self.passed[0] += len(images)
        self.passed[1] += len(images) * logits.requires_grad
        of_target = self._of_class(logits, self.target, rows)
        return of_target if self.contrast is None else of_target - self._of_class(logits, self.contrast, rows)

    def _of_class(self, logits: Tensor, classes: Tensor, rows: Tensor) -> Tensor:
        """(N, classes), int64 (B,) and (N,) → (N,): the logit of the class of the image that each row is made from."""
        of_rows = classes if rows is self.rows else classes[rows]
        return logits.gather(1, of_rows[:, None])[:, 0]

    def as_module(self) -> nn.Module:
        """`score` as a module, for those of Captum's methods that set hooks on all that is in it."""
        return _Module(self)

    def scores(self) -> Tensor:
        """The score of each image, (B,), before Captum sends altered copies."""
        with torch.no_grad():
            return self.score(self.images, self.rows)

    def _first(self, images: Tensor) -> Tensor:
        """The first pass, which determines the classes."""
        if self.layer is None:
            logits = self.model(images)
        else:
            logits, shape = _with_shape(self.model, images, self.layer)
            _check_maps(self.layer, shape)
        of_images = logits.detach()[: len(self.rows)]
        target, contrast = self._chosen
        self._target = _classes(target, of_images)
        if contrast is not None:
            self.contrast = _classes(contrast, of_images)
            same = self.contrast == self.target
            if same.any():
                raise UserError(
                    f"Class {int(self.target[same][0])} compared with itself explains nothing: choose two different "
                    f"classes."
                )
        return logits


class _Module(nn.Module):
    def __init__(self, target: Target) -> None:
        super().__init__()
        self.model, self.score = target.model, target.score

    def forward(self, images: Tensor, rows: Tensor) -> Tensor:
        return self.score(images, rows)


def _with_shape(model: nn.Module, images: Tensor, layer: str) -> tuple[Tensor, tuple[int, ...] | None]:
    """The logits, and the shape of the layer's output for an image; None if it did not run.

    Not by `watching`, which takes a small network a twentieth of its time.
    """
    shape: tuple[int, ...] | None = None

    def see(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal shape
        shape = tuple(output.shape[1:])

    hook = find_layer(model, layer).register_forward_hook(see)
    try:
        return model(images), shape
    finally:
        hook.remove()


def _check_maps(layer: str, shape: tuple[int, ...] | None) -> None:
    if shape is None:
        raise did_not_run(layer)
    if len(shape) != 3:
        raise UserError(
            f"Layer '{layer}' has an output of {shape} per image, which is not a map; choose a convolution, an "
            f"activation or a block."
        )


def _classes(target: TargetClass, logits: Tensor) -> Tensor:
    """The class of each image, int64 (B,). `logits`: (B, classes)."""
    images, classes = logits.shape
    if target is None:
        return logits.argmax(dim=1)
    chosen = torch.as_tensor(target, dtype=torch.int64, device=logits.device).reshape(-1)
    if len(chosen) not in (1, images):
        raise UserError(f"{len(chosen)} target classes for {images} images; give one for all, or one for each.")
    for value in chosen.tolist():
        if not 0 <= value < classes:
            raise UserError(f"No class {value}; choose one from 0 to {classes - 1}.")
    return chosen.expand(images)
