"""Where training runs, and in which precision."""

import platform

import torch

from explorer.errors import UserError
from explorer.training.config import TrainConfig


def choose_device(name: str) -> torch.device:
    """`auto` is a CUDA GPU where there is one, else the CPU."""
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("No CUDA device was found on this machine: choose the device 'cpu' or 'auto'.")
    return torch.device("cuda" if name == "cuda" or (name == "auto" and torch.cuda.is_available()) else "cpu")


def choose_precision(config: TrainConfig, device: torch.device) -> torch.dtype:
    """`auto` is bfloat16 autocast on GPUs that have it in hardware (compute capability 8.0 on), float32 elsewhere."""
    if config.precision == "auto":
        fast = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)
        return torch.bfloat16 if fast else torch.float32
    return getattr(torch, config.precision)


def use_graph(config: TrainConfig, device: torch.device) -> bool:
    """`auto` captures the step on every GPU: what is bound by launches gains most, and nothing loses."""
    if config.path == "captured" and device.type != "cuda":
        raise UserError("The path 'captured' needs a CUDA device: choose the path 'plain' or 'auto'.")
    return device.type == "cuda" and config.path != "plain"


def device_name(device: torch.device) -> str:
    """What a person calls it: `NVIDIA H200`, or `CPU, 2 threads`."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} threads ({platform.machine()})"
