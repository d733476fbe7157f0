"""How fast a network trains here: a trial of half a second."""

import copy
from collections.abc import Callable
from statistics import median
from time import perf_counter

import torch
from torch import nn
from torch.nn import functional as F

from explorer.training.mixed import mixed_precision

BUDGET = 0.5  # seconds of a trial, if a step of two images takes less than a tenth of it


def images_per_second(
    model: nn.Module,
    channels: int,
    size: int,
    batch_size: int,
    device: str = "cpu",
    precision: torch.dtype = torch.float32,
) -> float:
    """Forward and backward passes on a copy of the model in train mode; model and random state stay unchanged.

    `precision`: of the forward pass, as in training. Two small batches are timed, and the line through them gives the
    time of a step with batch_size images.
    """
    where = torch.device(device)
    trial = copy.deepcopy(model).to(where).to(memory_format=torch.channels_last)
    trial.train().requires_grad_(True)
    # Dropout draws numbers: the process's random state must not change.
    with torch.random.fork_rng([where] if where.type == "cuda" else []), torch.enable_grad():
        return _rate(lambda batch: _step_seconds(trial, channels, size, batch, where, precision), batch_size)


def _rate(step: Callable[[int], float], batch_size: int) -> float:
    """Images per second of step(images) -> seconds, at batch_size. Two images at least: batch norm needs them."""
    small = _typical(step, 2)
    if small > BUDGET / 2 or batch_size <= 2:
        return 2 / small
    batch = min(max(4, int(2 * BUDGET / 4 / small)), batch_size)
    large = _typical(step, batch)
    # A step has a fixed cost (reading all weights, starting each layer): 80 % of a small one in VGG16. Two noisy times
    # may suggest an impossible one, so an image costs between a fifth and all of what was measured.
    rate = large / batch
    an_image = min(max((large - small) / (batch - 2), rate / 5), rate)
    return batch_size / (large + (batch_size - batch) * an_image)


def _typical(step: Callable[[int], float], batch: int) -> float:
    """Median seconds of up to five steps, less the first, which sets up the kernels for this size."""
    first = step(batch)
    if first > 4 * BUDGET:
        return first
    seconds = [step(batch)]
    while len(seconds) < 5 and sum(seconds) + seconds[-1] < BUDGET / 4:
        seconds.append(step(batch))
    return median(seconds)


def _step_seconds(
    model: nn.Module, channels: int, size: int, batch: int, device: torch.device, precision: torch.dtype
) -> float:
    images = torch.full((batch, channels, size, size), 0.5, device=device).to(memory_format=torch.channels_last)
    labels = torch.zeros(batch, dtype=torch.int64, device=device)
    wait(device)
    start = perf_counter()
    with mixed_precision(device.type, precision):
        logits = model(images)
    F.cross_entropy(logits.float(), labels).backward()
    wait(device)
    seconds = perf_counter() - start
    model.zero_grad(set_to_none=True)
    return seconds


def wait(device: torch.device) -> None:
    """Wait until the device has finished its work."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
