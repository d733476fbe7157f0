"""How far does airbench94 come on a CPU? `python -m benchmarks.record FOLDER [--all-images --set key=value …]`.

Trains the preset `airbench94` as the app does, with all telemetry, on a folder of CIFAR-10's images (`train`, `test`).
`--all-images`: the tenth that is held out for validation is trained on, too, as in the paper; the validation accuracy
then says nothing, and the last epoch is tested. A run that was interrupted goes on.
"""

import argparse
import json
import os
import platform
import resource
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the app has it

import numpy as np

from explorer.data import Dataset, Images, load
from explorer.insights.statistics import wilson
from explorer.jobs.train_run import train_run
from explorer.runs import Run, RunConfig, create, load_model
from explorer.runs.store import list_runs
from explorer.studies.presets import PRESETS
from explorer.training import TrainConfig
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd, Event


def main() -> None:
    """Prints a line for each epoch, then the test as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--checkpoints", type=Path, required=True, help="where the run is kept")
    parser.add_argument("--all-images", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="of the training")
    given = parser.parse_args()
    preset = PRESETS["airbench94"]
    changes = dict(pair.split("=", 1) for pair in given.set)
    training = TrainConfig(**{**preset.training, "seed": given.seed, **changes})
    config = RunConfig(f"folder:{given.folder.resolve()}", preset.model, preset.options, training)
    run = _unfinished(config, given.checkpoints) or create(config, given.checkpoints, status="running")
    print(run.id, flush=True)
    began = time.perf_counter()
    run = train_run(run, on_event=lambda event: _print(event, began), loader=_all if given.all_images else load)
    print(json.dumps(_result(run, given.all_images, time.perf_counter() - began), indent=1))


def _unfinished(config: RunConfig, folder: Path) -> Run | None:
    """The run of this config that was interrupted, if any."""
    return next((run for run in list_runs(folder) if run.config == config and run.status != "finished"), None)


def _all(*arguments: object) -> Dataset:
    """The data set with all of its training images; those of validation are among them."""
    data: Dataset = load(*arguments)  # ty: ignore[invalid-argument-type]
    pixels = np.concatenate([data.train.pixels, data.validation.pixels])
    labels = np.concatenate([data.train.labels, data.validation.labels])
    return replace(data, train=Images(pixels, labels))


def _print(event: Event, began: float) -> None:
    if isinstance(event, EpochEnd):
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(
            f"epoch {event.epoch}: training loss {event.train_loss:.4f}, validation {event.validation_accuracy:.2%}, "
            f"{event.images_per_second:.0f} images/s, {time.perf_counter() - began:.0f} s, "
            f"{used.ru_utime + used.ru_stime:.0f} CPU s, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )


def _result(run: Run, all_images: bool, seconds: float) -> dict[str, object]:
    data = (_all if all_images else load)(run.config.dataset)
    model = load_model(run.id, "last" if all_images else "best", run.path.parent)
    tests = {}
    for name, flips in (("plain", False), ("flips", True)):
        accuracy = evaluate(model, data.test, flips=flips).accuracy
        low, high = wilson(round(accuracy * len(data.test)), len(data.test))
        tests[name] = {"accuracy": accuracy, "interval": [low, high], "n": len(data.test)}
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        **tests,
        "training images": len(data.train),
        "training seconds": run.record.training_seconds,
        "seconds": seconds,
        "CPU seconds": used.ru_utime + used.ru_stime,
        "processor": _processor(),
        "precision": run.record.device and run.record.device.precision,
        "threads": run.record.device and run.record.device.threads,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


if __name__ == "__main__":
    main()
