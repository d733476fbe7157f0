"""Where training runs, in which precision, and how a step is made there: what is automatic is decided here."""

import platform
from dataclasses import dataclass

import torch
from torch import nn

from explorer.errors import UserError
from explorer.text import plural
from explorer.training.config import TrainConfig

WORTH_SPLITTING = 2**27  # weights × images of a step; below, threads wait for each other longer than they work


@dataclass(frozen=True)
class ExecutionPlan:
    """How a run is computed. On one machine equal configs and models are decided alike: resuming relies on it."""

    device: torch.device
    precision: torch.dtype  # of the forward pass in training; weights are float32
    captured: bool  # whether a step is replayed as a CUDA graph
    threads: int  # of the CPU's operations

    @property
    def device_name(self) -> str:
        """What a person calls it: `NVIDIA H200`, or `CPU, 2 threads (x86_64)`."""
        return device_name(self.device, self.threads)

    @property
    def evaluation_precision(self) -> torch.dtype:
        """float32 on a CPU: what is recorded is then what the weights give wherever they are loaded."""
        return self.precision if self.device.type == "cuda" else torch.float32

    @property
    def precision_name(self) -> str:
        """As torch and `TrainConfig.precision` name it: "bfloat16"."""
        return str(self.precision).removeprefix("torch.")


def resolve(config: TrainConfig, model: nn.Module) -> ExecutionPlan:
    """What is automatic in `config`, decided for `model` on this machine. Raises UserError if it lacks the device."""
    device = choose_device(config.device)
    precision = choose_precision(config, device)
    return ExecutionPlan(device, precision, use_graph(config, device), choose_threads(config, model, device, precision))


def choose_device(name: str) -> torch.device:
    """`auto` is a CUDA GPU where there is one, else the CPU.

    Raises UserError if `cuda` is chosen where there is none.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("No CUDA device was found on this machine: choose the device 'cpu' or 'auto'.")
    return torch.device("cuda" if name == "cuda" or (name == "auto" and torch.cuda.is_available()) else "cpu")


def choose_precision(config: TrainConfig, device: torch.device) -> torch.dtype:
    """`auto` is bfloat16 where the hardware multiplies matrices of it (on NVIDIA from compute capability 8.0 on, on
    Intel with AMX), which about doubles the speed; float32 elsewhere. docs/benchmarks.md has speeds and accuracies."""
    if config.precision == "auto":
        fast = torch.cuda.get_device_capability(device) >= (8, 0) if device.type == "cuda" else has_amx()
        return torch.bfloat16 if fast else torch.float32
    return getattr(torch, config.precision)


def has_amx() -> bool:
    """Whether this CPU multiplies bfloat16 matrices in hardware. Older versions of torch cannot tell: no."""
    capabilities = getattr(torch.cpu, "get_capabilities", dict)
    return bool(capabilities().get("amx_bf16"))


def choose_threads(config: TrainConfig, model: nn.Module, device: torch.device, precision: torch.dtype) -> int:
    """One for small nets of linear layers in bfloat16, all of torch's else. The results depend on their number in the
    last bits, so it depends on nothing but the config, the model and the machine."""
    linear = not any(isinstance(module, nn.Conv2d) for module in model.modules())
    work = sum(p.numel() for p in model.parameters()) * config.batch_size
    if device.type == "cpu" and precision == torch.bfloat16 and linear and work < WORTH_SPLITTING:
        return 1
    return torch.get_num_threads()


def use_graph(config: TrainConfig, device: torch.device) -> bool:
    """`auto` captures the step on every GPU: what is bound by launches gains most, and nothing loses.

    Raises UserError if `captured` is chosen without a CUDA device.
    """
    if config.path == "captured" and device.type != "cuda":
        raise UserError("The path 'captured' needs a CUDA device: choose the path 'plain' or 'auto'.")
    return device.type == "cuda" and config.path != "plain"


def device_name(device: torch.device, threads: int | None = None) -> str:
    """What a person calls it: `NVIDIA H200`, or `CPU, 2 threads (x86_64)`; `threads` are torch's by default."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    threads = threads or torch.get_num_threads()
    return f"CPU, {plural(threads, 'thread')} ({platform.machine()})"
