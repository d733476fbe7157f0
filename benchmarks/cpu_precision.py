"""Which precision and how many threads pay on this CPU: `python -m benchmarks.cpu_precision MODEL [--dataset D …]`.

Each variant trains the same model on the same images in a process of its own, or in as many side by side as there are
cores, with one thread each, whose rates are added. The variants take turns, an epoch each, so that whatever else the
machine does hits all of them. The first turn is not counted. Ratios are medians of the turns' ratios.
"""

import argparse
import os
import statistics
import subprocess
import sys

CORES = len(os.sched_getaffinity(0))
BASE = "float32, all threads"
# name → (precision, threads of a run, runs at once)
VARIANTS = {
    BASE: ("float32", CORES, 1),
    "float32, 1 thread": ("float32", 1, 1),
    "float32, side by side": ("float32", 1, CORES),
    "bfloat16, all threads": ("bfloat16", CORES, 1),
    "bfloat16, 1 thread": ("bfloat16", 1, 1),
    "bfloat16, side by side": ("bfloat16", 1, CORES),
}


def serve(model: str, dataset: str, images: int, batch_size: int, precision: str, threads: str) -> None:
    """Train an epoch for each line on standard input; print images a second and the training loss."""
    import torch

    from explorer.data import Dataset, Images, load
    from explorer.models import build, set_statistics
    from explorer.training import TrainConfig
    from explorer.training.events import EpochEnd
    from explorer.training.loop import fit

    whole = load(dataset)
    part = Images(whole.train.pixels[:images], whole.train.labels[:images])
    data = Dataset(whole.name, whole.classes, part, whole.validation, whole.test, whole.preparation)
    torch.manual_seed(0)
    network = build(model, data.channels, len(data.classes))
    set_statistics(network, data.mean, data.std)
    chosen = {"precision": precision, "threads": int(threads), "device": "cpu"}
    config = TrainConfig(epochs=1000, batch_size=batch_size, schedule="constant", **chosen)
    ends = (event for event in fit(network, data, config) if isinstance(event, EpochEnd))
    for _ in sys.stdin:
        end = next(ends)
        print(end.images_per_second, end.train_loss, flush=True)


def main() -> None:
    """The variants take turns; the rates are compared with those of float32 on all threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--images", type=int, default=1157, help="of an epoch")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()

    def start(precision: str, threads: int) -> subprocess.Popen:
        work = [given.model, given.dataset, str(given.images), str(given.batch_size), precision, str(threads)]
        code = f"from benchmarks.cpu_precision import serve; a = {work!r}; serve(*a[:2], int(a[2]), int(a[3]), *a[4:])"
        return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    groups = {
        name: [start(precision, threads) for _ in range(runs)] for name, (precision, threads, runs) in VARIANTS.items()
    }
    rates: dict[str, list[float]] = {name: [] for name in VARIANTS}
    losses: dict[str, float] = {}
    for turn in range(given.rounds + 1):
        for name, group in groups.items():
            rate, losses[name] = epoch_of(group)
            if turn:
                rates[name].append(rate)
    for name, speeds in rates.items():
        for process in groups[name]:
            process.kill()
        ratios = [speed / base for speed, base in zip(speeds, rates[BASE], strict=True)]
        print(
            f"{given.model:14s} {name:22s} {statistics.median(speeds):8.0f} images/s  ratio "
            f"{statistics.median(ratios):.2f} [{min(ratios):.2f}–{max(ratios):.2f}]  n = {len(speeds)}  "
            f"training loss {losses[name]:.4f}"
        )


def epoch_of(group: list[subprocess.Popen]) -> tuple[float, float]:
    """(images a second of all processes together, training loss) of an epoch that they train at the same time."""
    for process in group:
        process.stdin.write("\n")
        process.stdin.flush()
    measured = [tuple(map(float, process.stdout.readline().split())) for process in group]
    return sum(rate for rate, _ in measured), measured[0][1]


if __name__ == "__main__":
    main()
