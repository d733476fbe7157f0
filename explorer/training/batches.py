"""Images on the device, and the batches of an epoch: shuffled, cropped and flipped there, without a DataLoader.

Everything random about an epoch is drawn on the CPU from (seed, epoch). So a resumed run, and a run on another device,
sees the same images in the same order with the same crops.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn import functional as F

PADDING = 4  # pixels on each side that a random crop may move by; He et al. 2015, section 4.2


def epoch_generator(seed: int, epoch: int) -> torch.Generator:
    """The source of everything random in one epoch."""
    mixed = np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(mixed) >> 1)


class DeviceImages:
    """A split on the device. Pixels stay uint8, in (N, H, W, C) order: what is gathered from it is channels_last."""

    def __init__(self, pixels: np.ndarray, labels: np.ndarray, device: torch.device) -> None:
        """`pixels`: uint8 (N, C, H, W); `labels`: int64 (N,)."""
        self.pixels = torch.from_numpy(pixels).to(device).permute(0, 2, 3, 1).contiguous()
        self.labels = torch.from_numpy(labels).to(device)
        self.device = device

    def __len__(self) -> int:
        return len(self.labels)

    def in_order(self, batch_size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of (float32 (B, C, H, W) in [0, 1], int64 (B,)), as they lie."""
        for start in range(0, len(self), batch_size):
            part = slice(start, start + batch_size)
            yield to_float(self.pixels[part]), self.labels[part]

    def shuffled(
        self, batch_size: int, generator: torch.Generator, augment: bool, flip: bool
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches of one epoch in a random order; the last one may be smaller."""
        order = torch.randperm(len(self), generator=generator).to(self.device)
        take = _crops(self.pixels, generator, flip) if augment else self.pixels.__getitem__
        for chosen in order.split(batch_size):
            yield to_float(take(chosen)), self.labels[chosen]


def to_float(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 (B, H, W, C) → float32 (B, C, H, W) in [0, 1], channels_last in memory."""
    return pixels.permute(0, 3, 1, 2).float().div_(255)


def _crops(pixels: torch.Tensor, generator: torch.Generator, flip: bool):
    """A function from indices (B,) to randomly cropped and flipped images, uint8 (B, H, W, C)."""
    count, height, width, _ = pixels.shape
    padded = F.pad(pixels, (0, 0, PADDING, PADDING, PADDING, PADDING))
    shift = torch.randint(0, 2 * PADDING + 1, (count, 2), generator=generator)
    mirrored = torch.rand(count, generator=generator) < (0.5 if flip else 0.0)
    rows = shift[:, :1] + torch.arange(height)
    columns = shift[:, 1:] + torch.where(mirrored[:, None], torch.arange(width - 1, -1, -1), torch.arange(width))
    rows, columns = rows.to(pixels.device), columns.to(pixels.device)

    def take(chosen: torch.Tensor) -> torch.Tensor:
        return padded[chosen[:, None, None], rows[chosen][:, :, None], columns[chosen][:, None, :]]

    return take
