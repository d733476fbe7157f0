"""Which two networks differ most within a minute? `python -m benchmarks.sample_pair NETWORK NETWORK [--seeds N …]`.

    python -m benchmarks.sample_pair resnet32:skip=false,width=4 resnet32:width=4 --epochs 8 --batch-size 32

Each network is trained with each seed, on one thread. One line per run: validation accuracy after each epoch, test
accuracy, median gradient norm of the first layer in the first and in the last epoch, CPU seconds. Then, seed by seed,
the factor between the two networks' first-layer gradients and McNemar's test on the same test images.
"""

import argparse
import tempfile
import time

import numpy as np
import torch

from explorer.data import load
from explorer.insights.findings.pairwise_tests import pairwise_tests, predictions_of
from explorer.jobs.train_run import train_run
from explorer.models import MODELS
from explorer.options import read_network
from explorer.runs import Run, RunConfig, create, steps
from explorer.runs.epochs_file import epoch_rows
from explorer.training import TrainConfig


def main() -> None:
    """Trains both networks with all seeds, and prints what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs=2, metavar="NETWORK", help="a model, with options as in resnet32:width=4")
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=TrainConfig.learning_rate)
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(given.seeds):
            training = TrainConfig(given.epochs, given.batch_size, given.learning_rate, seed=seed, device="cpu")
            configs = [RunConfig(given.dataset, *read_network(network, MODELS), training) for network in given.networks]
            runs = [trained(config, folder) for config in configs]
            a, b = (first_layer(run, folder) for run in runs)
            (test,) = pairwise_tests([of_run for run in runs if not isinstance(of_run := predictions_of(run), str)])
            print(f"seed {seed}: first-layer gradients {np.round(a / b, 1)} times as large, McNemar p = {test.p:.1g}")


def trained(config: RunConfig, folder: str) -> Run:
    """The finished run, after a line that says what it came to."""
    data, began = load(config.dataset), time.process_time()
    run = train_run(create(config, folder, status="running"), loader=lambda *_: data)
    seconds = time.process_time() - began
    curve = " ".join(f"{100 * row['validation_accuracy']:.0f}" for row in epoch_rows(run))
    name = f"{config.model} {config.options} seed {config.training.seed}"
    test, gradients = 100 * (run.test_accuracy or 0), first_layer(run, folder).round(2)
    print(f"{name}: validation {curve} %, test {test:.1f} %, first-layer gradient {gradients}, {seconds:.0f} CPU s")
    return run


def first_layer(run: Run, folder: str) -> np.ndarray:
    """Median gradient norm of the first layer's weights in the first and in the last epoch."""
    history = steps(run.id, folder)
    return np.array([np.median(history.norms[history.epoch == epoch, 0]) for epoch in (1, history.epoch.max())])


if __name__ == "__main__":
    main()
