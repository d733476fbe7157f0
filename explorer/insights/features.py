"""What each channel of a layer computes from an image."""

from contextlib import suppress

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.hooks import as_input, did_not_run, evaluating, watching


class _Seen(Exception):
    """The layer has run, so what follows it need not."""


def output_at(model: nn.Module, layer: str, images: Tensor) -> Tensor:
    """Output of one layer in eval mode, when it runs for the first time; nothing after it is computed.

    `images`: float32 (B, C, H, W) in [0, 1]. Part of the gradient's path if gradients are enabled. Raises UserError if
    the layer does not exist or does not run.
    """
    outputs: list[Tensor] = []

    def keep(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        outputs.append(output)
        raise _Seen

    with evaluating(model), watching(model, [layer], keep), suppress(_Seen):
        model(as_input(model, images))
    if not outputs:
        raise did_not_run(layer)
    return outputs[0]


def feature_maps(model: nn.Module, layer: str, images: Tensor) -> np.ndarray:
    """Output of one layer in eval mode. `images`: float32 (B, C, H, W) in [0, 1].

    Returns float32 (B, channels, h, w) for a layer of maps, (B, units) for a flat one, in the layer's own units. Raises
    UserError if the layer has another output, or does not exist.
    """
    with torch.no_grad():
        output = output_at(model, layer, images)
    if output.dim() not in (2, 4):
        raise UserError(
            f"Layer '{layer}' has an output of {tuple(output.shape[1:])} per image; choose a layer of maps (channels, "
            f"height, width) or of units."
        )
    return np.ascontiguousarray(output.float().cpu().numpy())


def strength(maps: np.ndarray) -> np.ndarray:
    """Mean absolute activation of each channel over images and pixels, float64 (channels,).

    `maps`: (B, channels, h, w) or (B, units).
    """
    return np.abs(maps.reshape(*maps.shape[:2], -1)).mean(axis=(0, 2), dtype=np.float64)


def strongest(maps: np.ndarray) -> np.ndarray:
    """Channel indices from the strongest to the weakest, int64 (channels,); equal ones keep their order, NaN comes
    last."""
    return np.argsort(-strength(maps), kind="stable")


def dead_maps(maps: np.ndarray) -> np.ndarray:
    """Which maps show nothing of their image, bool (B, channels): all zero, or the same value at every pixel.

    `maps`: (B, channels, h, w) or (B, units); a map of one pixel, or a unit, is dead only at zero. NaN is not dead: it
    is a divergence.
    """
    pixels = maps.reshape(*maps.shape[:2], -1)
    zero = (pixels == 0).all(axis=-1)
    if pixels.shape[-1] == 1:
        return zero
    spread = pixels.max(axis=-1) - pixels.min(axis=-1)
    # Not exactly equal: vectorised convolutions round the same sum differently at the end of a row.
    return zero | (spread <= 1e-6 * np.abs(pixels).max(axis=-1))
