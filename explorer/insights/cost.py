"""What an architecture costs: parameters, multiply-accumulates, seconds."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.insights.hooks import evaluating, lock, watching
from explorer.insights.layers import blank_image, weighted_layers
from explorer.training.device import device_name
from explorer.training.mixed import mixed_precision

TIMED = 9  # passes that a median is taken of
FEWEST = 3  # of them, where they would take too long
BUDGET = 0.5  # seconds for a trial, where a step of two images takes less than a tenth of it


@dataclass(frozen=True)
class LayerCost:
    """One convolution or linear layer, for one image."""

    layer: str
    parameters: int
    macs: int  # multiply-accumulates
    output: tuple[int, ...]  # (C, h, w) or (units,)


@dataclass(frozen=True)
class Cost:
    """A model's cost for one image. 1 MAC is one multiplication and one addition (2 FLOPs, as PyTorch counts)."""

    parameters: int  # all of them, batch norm included
    macs: int  # of convolutions and linear layers, without their biases; the rest is small and not counted
    activations: int  # numbers that these layers put out, in float32 4 bytes each
    layers: tuple[LayerCost, ...]  # in the order in which they run


def cost(model: nn.Module, channels: int, size: int) -> Cost:
    """Counted during one real forward pass of a black image (channels, size, size) in eval mode.

    A model built under `torch.device("meta")` is counted without computing anything.
    """
    layers: list[LayerCost] = []

    def count(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d | nn.Linear), f"{name} has no weights that `weighted_layers` lists"
        parameters, shape = sum(parameter.numel() for parameter in module.parameters()), tuple(output.shape[1:])
        layers.append(LayerCost(name, parameters, macs_of(module, shape), shape))

    with evaluating(model), torch.no_grad(), watching(model, weighted_layers(model), count):
        model(blank_image(model, channels, size))
    return Cost(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=sum(layer.macs for layer in layers),
        activations=sum(torch.Size(layer.output).numel() for layer in layers),
        layers=tuple(layers),
    )


def macs_of(module: nn.Conv2d | nn.Linear, output: tuple[int, ...]) -> int:
    """Multiply-accumulates of one layer whose output for one image has the shape `output`."""
    per_output = module.weight[0].numel()  # (in/groups)·k·k of a convolution, the inputs of a linear layer
    return torch.Size(output).numel() * per_output


def images_per_second(
    model: nn.Module,
    channels: int,
    size: int,
    batch_size: int,
    device: str = "cpu",
    precision: torch.dtype = torch.float32,
) -> float:
    """Forward and backward passes on a copy of the model in train mode; model and random state stay as they are.

    `precision`: of the forward pass, as training has it. Two small batches are timed, and the line through them gives
    the time of a step with batch_size images.
    """
    where = torch.device(device)
    with lock(model):
        trial = copy.deepcopy(model).to(where).to(memory_format=torch.channels_last)
    trial.train().requires_grad_(True)
    # Dropout draws numbers: those of the process must not move.
    with torch.random.fork_rng([where] if where.type == "cuda" else []), torch.enable_grad():
        return _rate(lambda batch: _step_seconds(trial, channels, size, batch, where, precision), batch_size)


@dataclass(frozen=True)
class InferenceTime:
    """Seconds of a forward pass of one batch in eval mode, without loading images."""

    seconds: float  # the median
    low: float  # the fastest
    high: float  # the slowest
    times: int  # how many were timed
    batch_size: int
    device: str  # what a person calls it, a CPU with the number of threads


def inference_time(model: nn.Module, channels: int, size: int, batch_size: int, device: str = "cpu") -> InferenceTime:
    """The forward pass of a grey batch (batch_size, channels, size, size), float32, on a copy of the model.

    Median of TIMED passes after three that set up the kernels. Whatever else the machine does is in it.
    """
    with lock(model):
        trial = copy.deepcopy(model)
    return time_passes(trial, channels, size, batch_size, device)


def time_passes(
    model: nn.Module,
    channels: int,
    size: int,
    batch_size: int,
    device: str = "cpu",
    budget: float = math.inf,
) -> InferenceTime:
    """`inference_time` on the model itself, which is moved to the device and to eval mode.

    `budget`: seconds after which no further pass begins, once FEWEST have been timed. Of passes that take longer than
    a tenth of it, one alone sets up the kernels.
    """
    where = torch.device(device)
    trial = model.to(where).to(memory_format=torch.channels_last).eval()
    images = torch.full((batch_size, channels, size, size), 0.5, device=where).to(memory_format=torch.channels_last)

    def one_pass() -> float:
        _wait(where)
        start = perf_counter()
        trial(images)
        _wait(where)
        return perf_counter() - start

    with torch.inference_mode():
        if one_pass() < budget / 10:
            one_pass(), one_pass()
        seconds = [one_pass()]
        while len(seconds) < TIMED and (len(seconds) < FEWEST or sum(seconds) < budget):
            seconds.append(one_pass())
    return InferenceTime(median(seconds), min(seconds), max(seconds), len(seconds), batch_size, device_name(where))


def _rate(step: Callable[[int], float], batch_size: int) -> float:
    """Images per second of step(images) -> seconds, at batch_size. Two images at least: batch norm needs them."""
    small = _typical(step, 2)
    if small > BUDGET / 2 or batch_size <= 2:
        return 2 / small
    batch = min(max(4, int(2 * BUDGET / 4 / small)), batch_size)
    large = _typical(step, batch)
    # A step costs something whatever its size (reading all weights, starting each layer): 80 % of a small one in
    # VGG16. Two noisy times may say more or less than is possible: an image costs from a fifth to all of what was seen.
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
    _wait(device)
    start = perf_counter()
    with mixed_precision(device.type, precision):
        logits = model(images)
    F.cross_entropy(logits.float(), labels).backward()
    _wait(device)
    seconds = perf_counter() - start
    model.zero_grad(set_to_none=True)
    return seconds


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
