"""Where training runs, in which precision, and how a step is made there: the automatic choices are made here."""

import platform
from dataclasses import dataclass

import torch

from explorer.errors import UserError
from explorer.models.work import Work
from explorer.text import plural
from explorer.training.agreement import computes_as_cpu
from explorer.training.config import TrainConfig

ALL_THREADS = torch.get_num_threads()  # before anybody changes their number: the number of cores, or OMP_NUM_THREADS
WORTH_SPLITTING = 6e8  # multiply-accumulates of a step in the mean layer; docs/benchmarks.md, "Side by side"


@dataclass(frozen=True)
class ExecutionPlan:
    """How a run is computed. On one machine, equal configs and models get equal plans: resuming relies on it."""

    device: torch.device
    precision: torch.dtype  # of the forward pass in training; weights are float32
    captured: bool  # whether a step is replayed as a CUDA graph
    threads: int  # of the CPU's operations

    @property
    def device_name(self) -> str:
        """The name for people: `NVIDIA H200`, or `CPU, 2 threads (x86_64)`."""
        return device_name(self.device, self.threads)

    @property
    def evaluation_precision(self) -> torch.dtype:
        """float32 on a CPU, so that what is recorded agrees with the weights wherever they are loaded."""
        return self.precision if self.device.type == "cuda" else torch.float32

    @property
    def precision_name(self) -> str:
        """The name that torch and `TrainConfig.precision` use: "bfloat16"."""
        return str(self.precision).removeprefix("torch.")


def resolve(config: TrainConfig, work: Work) -> ExecutionPlan:
    """The plan for `config` on this machine, with the automatic choices made, for a model with `work` per image. Raises
    UserError if the machine lacks the device."""
    device = choose_device(config.device)
    return ExecutionPlan(
        device, choose_precision(config, device), use_graph(config, device), choose_threads(config, work, device)
    )


def choose_device(name: str) -> torch.device:
    """`auto` is a CUDA GPU if there is one, else Apple's GPU if it computes like the CPU, else the CPU.

    Raises UserError if a device is chosen that the machine lacks.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("No CUDA device was found on this machine: choose the device 'cpu' or 'auto'.")
    if name == "mps" and not torch.backends.mps.is_available():
        raise UserError("No Apple GPU was found on this machine: choose the device 'cpu' or 'auto'.")
    if name != "auto":
        return torch.device(name)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() and computes_as_cpu("mps") else "cpu")


def choose_precision(config: TrainConfig, device: torch.device) -> torch.dtype:
    """`auto` is bfloat16 if the hardware multiplies it (on NVIDIA from compute capability 8.0, on CPUs with AMX or
    AVX512_BF16), 1.5 to 2.4 times as fast; else float32. docs/benchmarks.md has speeds and accuracies."""
    if config.precision != "auto":
        return getattr(torch, config.precision)
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float32
    return torch.bfloat16 if device.type == "cpu" and multiplies_bfloat16() else torch.float32


def multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for it, in matrices or vectors. False on older versions of torch, which cannot
    tell."""
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16") or capabilities.get("avx512_bf16"))


def choose_threads(config: TrainConfig, work: Work, device: torch.device) -> int:
    """The chosen number; else one if layers are small, because threads would wait for each other at each of them and
    gain nothing, and ALL_THREADS if they are large. On a GPU the CPU only launches: one.

    The last bits of the results depend on this number, so it depends only on the config, the model and the machine.
    """
    if config.threads:
        return config.threads
    small = work.macs * config.batch_size < WORTH_SPLITTING * max(work.layers, 1)
    return 1 if small or device.type != "cpu" else ALL_THREADS


def use_graph(config: TrainConfig, device: torch.device) -> bool:
    """`auto` captures the step on every GPU: training limited by launches gains most, and none loses.

    Raises UserError if `captured` is chosen without a CUDA device.
    """
    if config.path == "captured" and device.type != "cuda":
        raise UserError("The path 'captured' needs a CUDA device: choose the path 'plain' or 'auto'.")
    return device.type == "cuda" and config.path != "plain"


def device_name(device: torch.device, threads: int | None = None) -> str:
    """The name for people: `NVIDIA H200`, `Apple GPU (arm64)`, or `CPU, 2 threads (x86_64)`; `threads`: torch's by
    default."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return f"Apple GPU ({platform.machine()})"
    threads = threads or torch.get_num_threads()
    return f"CPU, {plural(threads, 'thread')} ({platform.machine()})"
