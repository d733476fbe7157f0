"""`python -m benchmarks.live_view`: the server's CPU for an update of the live panel, by how it reads the steps.

Two runs of ResNet-110 with 8,440 recorded steps and 329 parameters are planted; before each update a second's steps
are added. An update reads the run anew and makes its line, its curves and its gradient norms as the live panel does,
without a browser. One side forgets before each update what it has read and drawn, as the app did until version 0.1; the
other goes on from where it stopped. The sides take turns. An update at which a curve is drawn anew costs more than one
at which none is; the mean is over all.
"""

import argparse
import logging
import os
import statistics
import tempfile
import time

import numpy as np

from explorer.models import build
from explorer.runs import Run, RunConfig, create
from explorer.runs.lines import append
from explorer.runs.record import BestEpoch
from explorer.training import TrainConfig

EPOCHS, PER_EPOCH = 12, 844
RECORDED = 8440  # steps


def main() -> None:
    """Prints milliseconds of CPU an update for both sides, and how many times one is the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live_view", description=__doc__)
    parser.add_argument("--updates", type=int, default=120, help="of each side")
    parser.add_argument("--new-steps", type=int, default=3, help="between two updates")
    given = parser.parse_args()
    logging.disable(logging.WARNING)  # streamlit says that nobody is looking
    seconds: dict[str, list[float]] = {"everything anew": [], "what is new": []}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_CHECKPOINTS"] = folder
        runs = {side: planted() for side in seconds}
        for run in runs.values():
            update(run)  # imports
        for _ in range(given.updates):
            for side, times in seconds.items():
                add_steps(runs[side], given.new_steps)
                if side == "everything anew":
                    forget(runs[side])
                began = time.process_time()
                update(runs[side])
                times.append(time.process_time() - began)
    for side, times in seconds.items():
        mean, middle, most = (1e3 * figure(times) for figure in (statistics.mean, statistics.median, max))
        print(f"{side:15s} {mean:6.1f} ms of CPU an update (median {middle:.1f}, at most {most:.1f}, n = {len(times)})")
    print(f"{statistics.mean(seconds['everything anew']) / statistics.mean(seconds['what is new']):.0f} times")


def update(run: Run) -> None:
    """One update of the live panel of the run: its line, curves and gradient norms."""
    from explorer.ui import display, names
    from explorer.ui.train import live

    chosen = live.still_there([run.id])
    names.show(chosen)
    for there in chosen:
        live._row(there)
    display.live(chosen, gradients=True)


def forget(run: Run) -> None:
    """Drops what was read of the run's files and what was drawn of it."""
    from explorer.ui import cache, display, names

    names.show([run])
    for drawn in (display._live_loss, display._live_accuracy, display._live_norms):
        drawn.clear()
    cache._reader(run.path)._forget()  # last: by what the charts are known is read from the steps


def planted() -> Run:
    """A run in training whose losses fall with noise."""
    names = [name for name, _ in build("resnet110", 3, 10, size=32).named_parameters()]
    run = create(RunConfig("shapes", "resnet110", {}, TrainConfig(epochs=EPOCHS)), status="running")
    dataset = {"channels": 3, "size": 32, "ink": False, "mean": [0.5] * 3, "std": [0.5] * 3, "classes": [*"abcdefghij"]}
    run = run.change(
        dataset={"name": "shapes", "fingerprint": "", "images": {"train": 1, "validation": 1, "test": 1}, **dataset},
        best=BestEpoch(1, 0.5, 0.5),
        parameters=1000,
        parameter_names=names,
        steps_per_epoch=PER_EPOCH,
        epochs_done=RECORDED // PER_EPOCH,
        device={"type": "cpu", "name": "CPU", "precision": "float32", "captured": False},
        started_at=run.record.queued_at,
    )
    keys = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "learning_rate", "seconds")
    keys += ("images_per_second",)
    epochs = [{"epoch": n, **dict.fromkeys(keys, 0.5)} for n in range(1, RECORDED // PER_EPOCH + 1)]
    append(run.path / "epochs.jsonl", epochs)
    add_steps(run, RECORDED)
    return run


def add_steps(run: Run, count: int) -> None:
    """As if so many more steps were recorded, with random norms."""
    from explorer.ui import cache

    before, random = len(cache.steps(run).step), np.random.default_rng(count)
    names = run.record.parameter_names
    rows = [
        {
            "step": step,
            "epoch": (step - 1) // PER_EPOCH + 1,
            "loss": float(2.0 / step**0.2 * random.uniform(0.9, 1.1)),
            "accuracy": 0.5,
            "gradient_norms": [float(f"{norm:.3e}") for norm in random.random(len(names))],
        }
        for step in range(before + 1, before + count + 1)
    ]
    append(run.path / "steps.jsonl", rows)


if __name__ == "__main__":
    main()
