"""What watching for dead units costs, as a share of an epoch: `python -m benchmarks.probe [--dataset D --rounds N]`.

A validation pass with and without the probe, in turns, and the pass over the images that are added where a data set has
fewer than 256 validation images.
"""

import argparse
import time
from statistics import median

import torch

from explorer.data import load
from explorer.models import build
from explorer.training import TrainConfig
from explorer.training.batches import DeviceImages
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd
from explorer.training.loop import fit
from explorer.training.probe import more_images, watching_relus

CPU = torch.device("cpu")


def main() -> None:
    """Prints the milliseconds that the probe adds to an epoch of each network, and their share of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.probe", description=__doc__)
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--models", default="mlp,simple_cnn,resnet20")
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    torch.set_num_threads(1)
    data = load(given.dataset)
    added = more_images(data.validation, data.train)
    validation, added = DeviceImages(data.validation, CPU), added and DeviceImages(added, CPU)
    for name in given.models.split(","):
        model = build(name, data.channels, len(data.classes), data.size)
        ends = [e for e in fit(model, data, TrainConfig(epochs=2, device="cpu")) if isinstance(e, EpochEnd)]
        epoch = ends[-1].seconds
        rounds = [(_plain(model, validation), _watched(model, validation)) for _ in range(given.rounds)]
        cost = median(watched - plain for plain, watched in rounds)
        more = median(_watched(model, added) for _ in range(given.rounds)) if added else 0.0
        print(
            f"{name} on {data.name}: an epoch {epoch:.2f} s; watching {len(validation)} validation images "
            f"{1000 * cost:+.1f} ms, {cost / epoch:+.2%} of it; {len(added) if added else 0} more images "
            f"{1000 * more:.1f} ms, {more / epoch:.2%} (n = {given.rounds})"
        )


def _plain(model: torch.nn.Module, images: DeviceImages) -> float:
    began = time.perf_counter()
    evaluate(model, images)
    return time.perf_counter() - began


def _watched(model: torch.nn.Module, images: DeviceImages) -> float:
    began = time.perf_counter()
    with watching_relus(model) as probe:
        evaluate(model, images)
    assert probe.dead
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
