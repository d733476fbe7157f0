"""`python -m benchmarks.profile_step MODEL`: where the time of a training step on this CPU goes."""

import argparse
import os
import time
from collections.abc import Iterator

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the app has it

import torch
from torch.profiler import ProfilerActivity, profile

from explorer.data import load
from explorer.models import MODELS, build, set_statistics
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd, Event, Steps
from explorer.training.loop import fit

# What an operation is for, by how its name begins; the first that fits. Time outside all of them is Python's.
PARTS = (
    ("optimizer", ("aten::_fused_", "aten::_foreach_add", "Optimizer.")),
    ("telemetry", ("aten::_foreach_norm", "aten::linalg_vector_norm", "aten::stack", "aten::_foreach_sub")),
    ("data", ("aten::index", "aten::randperm", "aten::randint")),
    ("convolution", ("aten::convolution", "aten::mkldnn_convolution", "aten::_convolution", "aten::conv")),
    ("linear", ("aten::addmm", "aten::mm", "aten::linear", "aten::mkldnn_linear")),
    ("batch norm", ("aten::native_batch_norm", "aten::batch_norm")),
    ("activation and pooling", ("aten::threshold", "aten::clamp_min", "aten::relu", "aten::max_pool", "aten::gelu")),
)
REST = "other"


def main() -> None:
    """Trains for some seconds under torch's profiler."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_step", description=__doc__)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--data", metavar="DIR", help="folder of the data sets (EXPLORER_DATA or ./data)")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--augment", action="store_true")
    parser.add_argument("--precision", default="auto", choices=("auto", "float32", "bfloat16"))
    parser.add_argument("--seconds", type=float, default=5.0, help="of training to look at, after 2 to warm up (5)")
    given = parser.parse_args()
    data = load(given.dataset, given.data)
    config = TrainConfig(
        epochs=10_000,
        batch_size=given.batch_size,
        augment=given.augment,
        precision=given.precision,
        device="cpu",
    )
    torch.manual_seed(0)
    model = build(given.model, data.channels, len(data.classes), data.size)
    set_statistics(model, data.mean, data.std)
    print(report(*profiled(fit(model, data, config), given.seconds)))


def profiled(events: Iterator[Event], seconds: float, warm_up: float = 2.0) -> tuple[profile, int, float]:
    """(the profile, steps, wall seconds) of about `seconds` of training, validation included."""
    _train_for(events, warm_up)
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        steps, wall = _train_for(events, seconds)
    return profiler, steps, wall


def report(profiler: profile, steps: int, wall: float) -> str:
    """Milliseconds a step by part, and the ten longest operations."""
    parts = dict.fromkeys([*(name for name, _ in PARTS), REST], 0.0)
    operations = sorted(profiler.key_averages(), key=lambda each: each.self_cpu_time_total, reverse=True)
    for operation in operations:
        parts[part_of(operation.key)] += operation.self_cpu_time_total / 1e3 / steps
    total = sum(parts.values())
    lines = [f"{1e3 * wall / steps:.2f} ms a step over {steps} steps, {total:.2f} of them in operations"]
    lines += [f"  {name:24s} {spent:8.2f} ms  {spent / total:6.1%}" for name, spent in parts.items()]
    lines.append("Longest operations, by their own time:")
    for operation in operations[:10]:
        ms = operation.self_cpu_time_total / 1e3 / steps
        lines.append(
            f"  {operation.key[:48]:48s} {ms:8.2f} ms  {ms / total:6.1%}  {operation.count / steps:6.1f} calls"
        )
    return "\n".join(lines)


def part_of(operation: str) -> str:
    """What an operation is for, a name of PARTS; REST if it is none of them."""
    return next((name for name, starts in PARTS if operation.startswith(starts)), REST)


def _train_for(events: Iterator[Event], seconds: float) -> tuple[int, float]:
    """(steps, wall seconds) until that long has passed and steps were told of."""
    began, steps = time.perf_counter(), 0
    for event in events:
        steps += len(event.loss) if isinstance(event, Steps) else 0
        waited = time.perf_counter() - began
        if steps and waited > seconds and not isinstance(event, EpochEnd):
            break
    return steps, time.perf_counter() - began


if __name__ == "__main__":
    main()
