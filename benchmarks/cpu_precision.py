"""Which precision and how many threads pay on this CPU: `python -m benchmarks.cpu_precision MODEL [--dataset D …]`.

Each variant is a process of its own that trains the same model on the same images; they take turns, an epoch each, so
that whatever else the machine does hits all of them. The first turn is not counted.
"""

import argparse
import statistics
import subprocess
import sys

VARIANTS = {
    "float32, all threads": ("float32", None),
    "float32, 1 thread": ("float32", 1),
    "bfloat16, all threads": ("bfloat16", None),
    "bfloat16, 1 thread": ("bfloat16", 1),
}


def serve(model: str, dataset: str, images: int, batch_size: int, precision: str, threads: str) -> None:
    """Train an epoch for each line on standard input; print images a second and the training loss."""
    import torch

    from explorer.data import Dataset, Images, load
    from explorer.models import build, set_statistics
    from explorer.training import TrainConfig
    from explorer.training.events import EpochEnd
    from explorer.training.loop import fit

    if threads != "None":
        torch.set_num_threads(int(threads))
    whole = load(dataset)
    part = Images(whole.train.pixels[:images], whole.train.labels[:images])
    data = Dataset(whole.name, whole.classes, part, whole.validation, whole.test, whole.preparation)
    torch.manual_seed(0)
    network = build(model, data.channels, len(data.classes))
    set_statistics(network, data.mean, data.std)
    config = TrainConfig(epochs=1000, batch_size=batch_size, precision=precision, device="cpu", schedule="constant")
    ends = (event for event in fit(network, data, config) if isinstance(event, EpochEnd))
    for _ in sys.stdin:
        end = next(ends)
        print(end.images_per_second, end.train_loss, flush=True)


def main() -> None:
    """The processes take turns; the rates are compared with those of float32 on all threads."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--images", type=int, default=1157, help="of an epoch")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()

    def start(precision: str, threads: int | None) -> subprocess.Popen:
        work = [given.model, given.dataset, str(given.images), str(given.batch_size), precision, str(threads)]
        code = f"from benchmarks.cpu_precision import serve; a = {work!r}; serve(*a[:2], int(a[2]), int(a[3]), *a[4:])"
        return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    processes = {name: start(*variant) for name, variant in VARIANTS.items()}
    rates: dict[str, list[float]] = {name: [] for name in VARIANTS}
    losses: dict[str, float] = {}
    for turn in range(given.rounds + 1):
        for name, process in processes.items():
            process.stdin.write("\n")
            process.stdin.flush()
            rate, losses[name] = map(float, process.stdout.readline().split())
            if turn:
                rates[name].append(rate)
    base = statistics.median(rates["float32, all threads"])
    for name, speeds in rates.items():
        processes[name].kill()
        middle = statistics.median(speeds)
        print(
            f"{given.model:14s} {name:22s} {middle:8.0f} images/s [{min(speeds):.0f}–{max(speeds):.0f}]  "
            f"ratio {middle / base:.2f}  n = {len(speeds)}  training loss {losses[name]:.4f}"
        )


if __name__ == "__main__":
    main()
