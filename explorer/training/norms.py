"""Batch normalisation in training: which batches it can normalise at all."""

from collections.abc import Sequence
from contextlib import ExitStack

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.errors import UserError


def learning_norms(model: nn.Module) -> dict[str, _BatchNorm]:
    """Name → the batch normalisations that normalise by their batch; those of frozen layers are in eval mode."""
    return {name: each for name, each in model.named_modules() if isinstance(each, _BatchNorm) and each.training}


def check_batches(model: nn.Module, image_shape: Sequence[int], batch_size: int, smallest: int) -> None:
    """UserError if the smallest batch is one image and a batch normalisation would get one value a channel of it.

    `model`: in the mode in which it trains; it may be in eval mode afterwards. `image_shape`: (C, H, W).
    `smallest`: images in an epoch's smallest batch.
    """
    name = _first_with_one_value(model, image_shape) if smallest == 1 else None
    if name is None:
        return
    why = f"the batch normalisation '{name}' has one value a channel of it, and no variance to divide by"
    if batch_size == 1:
        raise UserError(
            f"batch_size 1 is not possible with this network: {why}. Give a batch_size of 2 or more, or a network "
            "without batch normalisation."
        )
    raise UserError(
        f"1 training image is not enough for this network: {why}. Give 2 images or more (a larger fraction, for "
        "example), or a network without batch normalisation."
    )


@torch.no_grad()
def _first_with_one_value(model: nn.Module, image_shape: Sequence[int]) -> str | None:
    """Name of the first batch normalisation in train mode that gets one value a channel of one image."""
    norms, found = learning_norms(model), []
    weight = next(model.parameters())

    def look(name: str, values: torch.Tensor) -> None:
        if values.numel() == values.shape[1]:
            found.append(name)

    model.eval()
    with ExitStack() as hooks:
        for name, module in norms.items():
            # A default argument, for a closure would see the last name only.
            hook = module.register_forward_pre_hook(lambda _, inputs, name=name: look(name, inputs[0]))
            hooks.callback(hook.remove)
        model(torch.zeros(1, *image_shape, device=weight.device))
    return found[0] if found else None
