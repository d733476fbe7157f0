"""What an architecture costs: parameters, multiply-accumulates, seconds."""

import copy
import math
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn

from explorer.insights.hooks import evaluating, lock, watching
from explorer.insights.layers import weighted_layers
from explorer.models.shapes_only import pass_shapes
from explorer.models.work import macs_of
from explorer.training.device import device_name
from explorer.training.speed import wait

TIMED = 9  # passes in a median
FEWEST = 3  # passes if they would take too long


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

    parameters: int  # all parameters, including batch norm
    macs: int  # of convolutions and linear layers, without their biases; the rest is small and not counted
    activations: int  # numbers that these layers output, 4 bytes each in float32
    layers: tuple[LayerCost, ...]  # in the order in which they run


def cost(model: nn.Module, channels: int, size: int) -> Cost:
    """Counted during a forward pass of one black image in eval mode; of none with a model that was built
    `without_memory`, for which nothing is computed."""
    layers: list[LayerCost] = []

    def count(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(module, nn.Conv2d | nn.Linear), f"{name} has no weights that `weighted_layers` lists"
        parameters, shape = sum(parameter.numel() for parameter in module.parameters()), tuple(output.shape[1:])
        layers.append(LayerCost(name, parameters, macs_of(module, shape), shape))

    with evaluating(model), watching(model, weighted_layers(model), count):
        pass_shapes(model, channels, size)
    return Cost(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        macs=sum(layer.macs for layer in layers),
        activations=sum(torch.Size(layer.output).numel() for layer in layers),
        layers=tuple(layers),
    )


@dataclass(frozen=True)
class InferenceTime:
    """Seconds of a forward pass of one batch in eval mode, without loading images."""

    seconds: float  # the median
    low: float  # the fastest
    high: float  # the slowest
    times: int  # number of timed passes
    batch_size: int
    device: str  # the device's display name; for a CPU with the number of threads


def inference_time(model: nn.Module, channels: int, size: int, batch_size: int, device: str = "cpu") -> InferenceTime:
    """The forward pass of a grey batch (batch_size, channels, size, size), float32, on a copy of the model.

    Median of TIMED passes after three that set up the kernels. Includes whatever else the machine does.
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

    `budget`: seconds after which no further pass begins, once FEWEST have been timed. If passes take longer than a
    tenth of it, only one sets up the kernels.
    """
    where = torch.device(device)
    trial = model.to(where).to(memory_format=torch.channels_last).eval()
    images = torch.full((batch_size, channels, size, size), 0.5, device=where).to(memory_format=torch.channels_last)

    def one_pass() -> float:
        wait(where)
        start = perf_counter()
        trial(images)
        wait(where)
        return perf_counter() - start

    with torch.inference_mode():
        if one_pass() < budget / 10:
            one_pass(), one_pass()
        seconds = [one_pass()]
        while len(seconds) < TIMED and (len(seconds) < FEWEST or sum(seconds) < budget):
            seconds.append(one_pass())
    return InferenceTime(median(seconds), min(seconds), max(seconds), len(seconds), batch_size, device_name(where))
