"""What is each trick of `fast-training` worth? `python -m benchmarks.tricks DATA [--fraction F --widths A,B,C …]`.

Trains the study's full size, reduced to what a CPU carries: fewer images, a narrower network, smaller batches. The
rates of what learns by SGD fall with the batch size. Seed by seed, so that it may be ended early.
"""

import argparse
import os
import statistics
import time
from dataclasses import replace

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the app has it

from explorer.jobs.train_run import train_run
from explorer.models import options
from explorer.options import parse_option
from explorer.runs import RunConfig
from explorer.studies import STUDIES, plan_runs, submit, with_options
from explorer.studies.plan import PlannedRun

BATCH = 1024  # of the recipe


def main() -> None:
    """Prints each run's test accuracy, then each variant's mean difference to all tricks, over equal seeds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tricks", description=__doc__)
    parser.add_argument("data", help="a data set's name, or folder:PATH")
    parser.add_argument("--fraction", type=float, default=0.1)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--widths", default="16,32,32")
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    widths = parse_option("widths", options("airbench94")["widths"], given.widths)
    study = with_options(STUDIES["fast-training"], {"widths": widths})
    changes = {"epochs": given.epochs, "fraction": given.fraction, "batch_size": given.batch_size, "threads": 1}
    plan = plan_runs(study, given.data, seeds=given.seeds, **changes)
    plan = sorted((scaled(one, given.batch_size / BATCH) for one in plan), key=lambda one: one.config.training.seed)
    accuracies: dict[str, list[tuple[float, float]]] = {}
    for one in plan:
        began = time.process_time()
        (run,) = submit([one], study)
        run = train_run(run)
        test = run.record.test
        assert test, run.reason
        accuracies.setdefault(one.variant, []).append((test.accuracy, test.flipped_accuracy or test.accuracy))
        seconds = time.process_time() - began
        seed = one.config.training.seed
        print(
            f"seed {seed} {one.variant}: {test.accuracy:.2%}, with flips {accuracies[one.variant][-1][1]:.2%}, "
            f"{seconds:.0f} CPU s",
            flush=True,
        )
    base = [plain for plain, _ in accuracies["all tricks"]]
    for variant, found in accuracies.items():
        differences = [plain - other for (plain, _), other in zip(found, base, strict=True)]
        print(f"{variant}: {summary([plain for plain, _ in found])}, difference {summary(differences)} points")
    gains = [flipped - plain for found in accuracies.values() for plain, flipped in found]
    print(f"test-time flips, all variants: {summary(gains)} points (n = {len(gains)} runs)")


def scaled(one: PlannedRun, factor: float) -> PlannedRun:
    """With smaller batches, smaller steps for what is not Muon's."""
    training: dict[str, float] = {"bias_learning_rate": one.config.training.bias_learning_rate * factor}
    training["head_learning_rate"] = one.config.training.head_learning_rate * factor
    if one.config.training.optimizer == "sgd":
        training["learning_rate"] = one.config.training.learning_rate * factor
    config: RunConfig = replace(one.config, training=replace(one.config.training, **training))
    return replace(one, config=config)


def summary(fractions: list[float]) -> str:
    """Mean and standard deviation in per cent."""
    spread = f" ± {100 * statistics.stdev(fractions):.2f}" if len(fractions) > 1 else ""
    return f"{100 * statistics.mean(fractions):.2f}{spread}"


if __name__ == "__main__":
    main()
