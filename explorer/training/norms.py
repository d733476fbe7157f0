"""Batch normalisation: which batches it can normalise, and the statistics that it uses outside training.

torch's are running averages over the training batches. They lag behind: each step keeps nine tenths of the old ones,
which come from weights that have changed since. After an epoch of few steps they fit no weights at all. So they are
computed again, from the current weights, before anything is evaluated or stored (Wu & Johnson 2021, Rethinking "Batch"
in BatchNorm, section 3). Training itself does not use them: it stays the same, number by number.
"""

import math
from collections.abc import Sequence
from contextlib import ExitStack

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.errors import UserError
from explorer.models.shapes_only import pass_shapes
from explorer.training.batches import DeviceImages, to_float
from explorer.training.config import TrainConfig
from explorer.training.transfer import training_mode

IMAGES = 256  # of the training images, drawn once a run: 4 % of an epoch of digits; docs/log.md has fewer and more
AT_A_STOP = 64  # enough for weights in the middle of an epoch, and quick


def learning_norms(model: nn.Module) -> dict[str, _BatchNorm]:
    """Name → the batch normalisations that normalise by their batch in training; those of frozen layers do not.

    The model is in its training mode afterwards.
    """
    training_mode(model)
    return {name: each for name, each in model.named_modules() if isinstance(each, _BatchNorm) and each.training}


def check_batches(model: nn.Module, image_shape: Sequence[int], batch_size: int, smallest: int) -> None:
    """Raises UserError if the smallest batch is one image and a batch normalisation would get only one value per
    channel of it.

    `image_shape`: (C, H, W). `smallest`: images in an epoch's smallest batch.
    """
    name = _first_with_one_value(model, image_shape) if smallest == 1 else None
    if name is None:
        return
    why = f"the batch normalisation '{name}' then has one value per channel and no variance to divide by"
    if batch_size == 1:
        raise UserError(
            f"batch_size 1 is not possible with this network: {why}. Give a batch_size of 2 or more, or a network "
            "without batch normalisation."
        )
    raise UserError(
        f"1 training image is not enough for this network: {why}. Give 2 images or more (a larger fraction, for "
        "example), or a network without batch normalisation."
    )


class NormStatistics:
    """The statistics of a model's batch normalisations, computed again over some of the training images, without crops
    or flips. Frozen layers keep theirs; without batch normalisation, or with `running` averages chosen, nothing
    happens.

    `precision`: of a forward pass in evaluation.
    """

    def __init__(self, model: nn.Module, train: DeviceImages, config: TrainConfig, precision: torch.dtype) -> None:
        self._model, self._train, self._precision = model, train, precision
        wanted = config.norm_statistics == "recomputed"
        self._norms = [norm for norm in learning_norms(model).values() if wanted and norm.track_running_stats]
        order = torch.randperm(len(train), generator=torch.Generator().manual_seed(config.seed))
        self._index = order[:IMAGES].to(train.device)

    def __bool__(self) -> bool:
        """Whether there is anything to compute."""
        return bool(self._norms)

    @torch.no_grad()
    def recompute(self, images: int = IMAGES) -> None:
        """Compute them over at most that many images, in one pass. The model is in eval mode afterwards."""
        if not self:
            return
        momenta = [norm.momentum for norm in self._norms]
        self._model.eval()
        for norm in self._norms:
            norm.train()
            norm.momentum = 1.0  # the next statistics replace the old ones
        pixels = self._train.pixels.index_select(0, self._index[:images])
        with torch.autocast(pixels.device.type, dtype=self._precision, enabled=self._precision != torch.float32):
            self._model(to_float(pixels))
        for norm, momentum in zip(self._norms, momenta, strict=True):
            norm.eval()
            norm.momentum = momentum


@torch.no_grad()
def _first_with_one_value(model: nn.Module, image_shape: Sequence[int]) -> str | None:
    """Name of the first batch normalisation in train mode that gets only one value per channel of one image."""
    norms, found = learning_norms(model), []

    def check(name: str, values: torch.Tensor) -> None:
        if math.prod(values.shape[2:]) == 1:
            found.append(name)

    model.eval()
    with ExitStack() as hooks:
        for name, module in norms.items():
            # A default argument, because a closure would see only the last name.
            hook = module.register_forward_pre_hook(lambda _, inputs, name=name: check(name, inputs[0]))
            hooks.callback(hook.remove)
        pass_shapes(model, *image_shape[:2])
    return found[0] if found else None
