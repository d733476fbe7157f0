"""The runs of `benchmarks.classroom`: many that have ended, and one that trains."""

import asyncio
import json
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from explorer.jobs import stop, submit
from explorer.runs import ACTIVE, Run, RunConfig, list_runs
from explorer.runs.folder import SAMPLES
from explorer.training import TrainConfig

LONG = RunConfig("digits", "resnet20", {}, TrainConfig(epochs=1000, batch_size=32, device="cpu"))


def planted(folder: Path, count: int) -> None:
    """As many finished runs, like the samples in turn; their large files are the samples' own (hard links)."""
    samples = sorted(SAMPLES.glob("*/run.json"))
    for number in range(1, count + 1):
        sample = samples[number % len(samples)].parent
        copy = folder / f"digits-resnet32-{number:04d}"
        shutil.copytree(sample, copy, copy_function=_linked)
        record = json.loads((sample / "run.json").read_text()) | {"id": copy.name}
        (copy / "run.json").unlink()
        (copy / "run.json").write_text(json.dumps(record))
        weights = copy / "weights"  # a sample has no best and no last of its own
        for name, epoch in (("best", record["best"]["epoch"]), ("last", record["epochs_done"])):
            os.link(weights / f"epoch-{epoch:04d}.safetensors", weights / f"{name}.safetensors")


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


@contextmanager
def in_training(folder: Path) -> Generator[Run]:
    """A run that trains for as long as anybody measures it, once its first steps are recorded; the server's worker is
    the one who trains it."""
    run = submit(LONG, folder)
    try:
        yield run
    finally:
        stop(run)


def steps_done(run: Run) -> int:
    """How many steps it has recorded."""
    try:
        with (run.path / "steps.jsonl").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 200_000))
            lines = file.read().split(b"\n")[1:-1]
    except OSError:
        return 0
    return json.loads(lines[-1])["step"] if lines else 0


async def trained(folder: Path) -> None:
    """Returns when nothing trains and nothing waits."""
    while any(run.status in ACTIVE for run in list_runs(folder)):
        await asyncio.sleep(0.5)
