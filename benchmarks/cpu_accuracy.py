"""Does bfloat16 cost accuracy? `python -m benchmarks.cpu_accuracy MODEL [--dataset D …]` trains in both, seed by seed.

Equal weights, images, order and recipe; only the precision of the forward pass in training differs. The test images
are looked at in float32, as always.
"""

import argparse
import os
import statistics
import time

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the app has it

import torch

from explorer.data import Dataset, load
from explorer.models import MODELS, build, set_statistics
from explorer.options import options_of
from explorer.training import TrainConfig
from explorer.training.evaluation import evaluate
from explorer.training.loop import fit


def main() -> None:
    """Prints a line for each seed, then mean and spread of the differences."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cpu_accuracy", description=__doc__)
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--data", metavar="DIR", help="folder of the data sets (EXPLORER_DATA or ./data)")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--optimizer", choices=options_of(TrainConfig())["optimizer"].choices, default="adamw")
    parser.add_argument("--lr", type=float, default=0.003)
    parser.add_argument("--augment", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    data = load(given.dataset, given.data)
    recipe = {
        "epochs": given.epochs,
        "batch_size": given.batch_size,
        "optimizer": given.optimizer,
        "learning_rate": given.lr,
        "augment": given.augment,
        "device": "cpu",
    }
    differences = []
    for seed in range(given.seeds):
        single, half = (
            accuracy(given.model, data, TrainConfig(**recipe, seed=seed, precision=precision))
            for precision in ("float32", "bfloat16")
        )
        differences.append(half - single)
        print(f"seed {seed}: float32 {single:.2%}, bfloat16 {half:.2%}, difference {100 * (half - single):+.2f} points")
    print(summary(differences))


def accuracy(name: str, data: Dataset, config: TrainConfig) -> float:
    """Of the test images, after the last epoch; a fraction."""
    torch.manual_seed(config.seed)
    model = build(name, data.channels, len(data.classes), data.size)
    set_statistics(model, data.mean, data.std)
    began = time.perf_counter()
    for _ in fit(model, data, config):
        pass
    evaluation = evaluate(model, data.test)
    print(f"  {config.precision}: {evaluation.accuracy:.2%} in {time.perf_counter() - began:.0f} s", flush=True)
    return evaluation.accuracy


def summary(differences: list[float]) -> str:
    """`differences`: of accuracies, as fractions, one for each seed."""
    mean = 100 * statistics.mean(differences)
    spread = f" ± {100 * statistics.stdev(differences):.2f}" if len(differences) > 1 else ""
    return f"bfloat16 - float32: {mean:+.2f}{spread} points (mean and standard deviation, n = {len(differences)} seeds)"


if __name__ == "__main__":
    main()
