"""The images of a data set that activate the channels of a layer most, and where."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.data import to_tensor
from explorer.insights.features import output_at

BATCH = 32  # images at a time
KEPT = 8  # images per channel


@dataclass(frozen=True)
class TopActivating:
    """For each channel of a layer the images with its largest activations, the largest first."""

    activations: np.ndarray  # float32 (kept, channels): the largest activation in each of these images
    images: np.ndarray  # int64 (kept, channels): their indices
    rows: np.ndarray  # int64 (kept, channels): of the unit that puts it out; 0 for a flat layer
    columns: np.ndarray  # int64 (kept, channels)
    examined: int  # number of images examined


def top_activating_images(
    model: nn.Module,
    layer: str,
    pixels: np.ndarray,
    per_channel: int = KEPT,
    progress: Callable[[float], None] = lambda share: None,
) -> TopActivating:
    """One pass in eval mode, which ends at the layer. `pixels`: uint8 (N, C, H, W). A NaN activates nothing.

    Zeiler and Fergus 2014 show the parts of the images that activate a feature map most; among equal ones the first is
    kept. `progress` receives the share of the images that is done; others may use the model between two batches.
    """
    best: tuple[Tensor, ...] = ()
    for start in range(0, len(pixels), BATCH):
        part = to_tensor(pixels[start : start + BATCH])
        with torch.no_grad():
            found: tuple[Tensor, ...] = _peaks(output_at(model, layer, part).float().cpu(), start)
        if best:
            found = tuple(torch.cat(both) for both in zip(best, found, strict=True))
        order = found[0].sort(dim=0, descending=True, stable=True).indices[:per_channel]
        best = tuple(each.gather(0, order) for each in found)
        progress(min(1.0, (start + BATCH) / len(pixels)))
    return TopActivating(*(each.numpy() for each in best), examined=len(pixels))


def _peaks(output: Tensor, first: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Largest activation, image, row and column of each image and channel, each (B, channels)."""
    maps = output if output.dim() == 4 else output[..., None, None]
    highest, pixel = maps.flatten(2).nan_to_num(nan=-torch.inf).max(dim=2)
    images = torch.arange(first, first + len(maps))[:, None].expand_as(pixel)
    return highest, images, pixel // maps.shape[3], pixel % maps.shape[3]
