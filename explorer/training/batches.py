"""Images on the device, and the batches of an epoch: shuffled, cropped and flipped there, without a DataLoader.

Everything random about an epoch is drawn on the CPU from (seed, epoch). So a resumed run, and a run on another device,
sees the same images in the same order with the same crops.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from explorer.data import Images
from explorer.training.balance import balanced_order
from explorer.training.config import TrainConfig

PADDING = 4  # pixels on each side that a random crop may move by; He et al. 2015, section 4.2


def epoch_generator(seed: int, epoch: int) -> torch.Generator:
    """The source of everything random in one epoch."""
    mixed = np.random.SeedSequence([seed, epoch]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(mixed) >> 1)


def batch_sizes(images: int, batch_size: int) -> list[int]:
    """The number of images in each batch of an epoch: `batch_size`, and in the last one the rest.

    A single image that is left over joins the batch before it: batch normalisation cannot normalise one image by
    itself, and a step on one image would be the noisiest of all.
    """
    full, rest = divmod(images, batch_size)
    if rest == 1 and full:
        return [batch_size] * (full - 1) + [batch_size + 1]
    return [batch_size] * full + [rest] * (rest > 0)


class DeviceImages:
    """A split on the device. Pixels stay uint8, in (N, H, W, C) order, so that batches taken from it are
    channels_last."""

    def __init__(self, split: Images, device: torch.device) -> None:
        self.pixels = torch.from_numpy(split.pixels).to(device).permute(0, 2, 3, 1).contiguous()
        self.labels = torch.from_numpy(split.labels).to(device)
        self.device = device

    def __len__(self) -> int:
        return len(self.labels)

    def in_order(self, batch_size: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Batches of (float32 (B, C, H, W) in [0, 1], int64 (B,)), in the order of the split."""
        for start in range(0, len(self), batch_size):
            part = slice(start, start + batch_size)
            yield to_float(self.pixels[part]), self.labels[part]


class Augmentation(NamedTuple):
    """Random crops of the padded image, and horizontal flips."""

    flip: bool  # whether images may be mirrored
    padding: int = PADDING
    alternating: bool = False  # flips: at random in the first pass over the images, then every other pass (Jordan 2024)
    seed: int = 0  # of the flips of that first pass


def augmentation_of(config: TrainConfig, may_flip: bool) -> Augmentation | None:
    """The augmentation that `config` asks for; None for unchanged images. `may_flip`: whether a mirrored image keeps
    its class."""
    alternating = config.flips == "alternating"
    return Augmentation(may_flip, config.crop_padding, alternating, config.seed) if config.augment else None


class TrainingImages(DeviceImages):
    """The training split, shuffled and, if wanted, cropped and flipped again for each epoch.

    `balanced`: an epoch has equally many images of each class; an image that is repeated has the same crop each time.
    """

    def __init__(
        self, split: Images, device: torch.device, augmentation: Augmentation | None, balanced: bool = False
    ) -> None:
        super().__init__(split, device)
        self.augmentation, self.balanced = augmentation, balanced
        self._labels = torch.from_numpy(split.labels)
        if augmentation:
            count, height, width, _ = self.pixels.shape
            self._padded = F.pad(self.pixels, (0, 0, *[augmentation.padding] * 4))
            # The rows and columns of each image's crop, always at the same address: a captured step reads them there.
            self._rows = torch.zeros(count, height, dtype=torch.int64, device=device)
            self._columns = torch.zeros(count, width, dtype=torch.int64, device=device)

    def shuffle(self, batch_size: int, generator: torch.Generator, number: int = 0) -> tuple[torch.Tensor, ...]:
        """The indices of each batch of the coming pass over the images, int64 (B,), with the sizes of `batch_sizes`;
        also draws the crops. `number`: of the pass, 0 for the run's first."""
        if self.balanced:
            order = balanced_order(self._labels, generator)
        else:
            order = torch.randperm(len(self), generator=generator)
        if self.augmentation:
            self._draw_crops(self.augmentation, generator, number)
        return order.to(self.device).split(batch_sizes(len(self), batch_size))

    def batch(self, index: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(float32 (B, C, H, W) in [0, 1], channels_last; int64 (B,)) of the images at `index`."""
        if not self.augmentation:
            # index_select copies whole images; indexing goes pixel by pixel, which takes ten times as long on a CPU.
            return to_float(self.pixels.index_select(0, index)), self.labels.index_select(0, index)
        rows, columns = self._rows[index][:, :, None], self._columns[index][:, None, :]
        return to_float(self._padded[index[:, None, None], rows, columns]), self.labels[index]

    def _draw_crops(self, augmentation: Augmentation, generator: torch.Generator, number: int) -> None:
        """Draw on the CPU; only three numbers per image go to the device, not the 64 indices of its crop."""
        count, height, width, _ = self.pixels.shape
        shift = torch.randint(0, 2 * augmentation.padding + 1, (count, 2), generator=generator).to(self.device)
        if augmentation.alternating:
            generator = epoch_generator(augmentation.seed, 0)  # independent of the epoch: the same in each
        mirrored = torch.rand(count, generator=generator) < (0.5 if augmentation.flip else 0.0)
        if augmentation.alternating and augmentation.flip and number % 2:
            mirrored = ~mirrored
        forth = torch.arange(width, device=self.device)
        across = torch.where(mirrored.to(self.device)[:, None], forth.flip(0), forth)
        torch.add(shift[:, :1], torch.arange(height, device=self.device), out=self._rows)
        torch.add(shift[:, 1:], across, out=self._columns)


def to_float(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 (B, H, W, C) → float32 (B, C, H, W) in [0, 1], channels_last in memory."""
    return pixels.permute(0, 3, 1, 2).float().div_(255)
