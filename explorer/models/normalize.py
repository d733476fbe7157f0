"""Normalisation inside the model: a checkpoint is complete, and no caller can normalise wrongly."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from explorer.errors import UserError


class Normalize(nn.Module):
    """(x - mean) / std by channel: float32 (B, C, H, W) in [0, 1] to about zero mean and unit variance.

    The buffers `mean` and `std`, (1, C, 1, 1), are saved with the weights; initially they leave images unchanged.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, channels, 1, 1))
        self.register_buffer("std", torch.ones(1, channels, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """`images`: float32 (B, C, H, W); the shape stays."""
        return (images - self.mean) / self.std

    def extra_repr(self) -> str:
        """For `print(model)`, like torch's own modules."""
        return f"channels={self.mean.shape[1]}"


def normalize_of(model: nn.Module) -> Normalize:
    """The layer in which a model stores the statistics of its data: every model from `build` has one."""
    layer = model.get_submodule("normalize")
    assert isinstance(layer, Normalize)
    return layer


def set_statistics(model: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
    """Write a dataset's statistics (C floats each, of the training pixels in [0, 1]) into `model.normalize`.

    A constant channel (std 0) is only centred: dividing by zero would make every logit NaN. Raises UserError if their
    numbers of channels are not the model's.
    """
    layer = normalize_of(model)
    channels = layer.mean.shape[1]
    if len(mean) != channels or len(std) != channels:
        raise UserError(
            f"Statistics of {len(mean)} and {len(std)} channels do not fit a model of {channels}: "
            "give one mean and one standard deviation for each channel."
        )
    layer.mean.copy_(torch.tensor(mean).view(1, -1, 1, 1))
    layer.std.copy_(torch.tensor([value if value > 0 else 1.0 for value in std]).view(1, -1, 1, 1))
