"""What is equal is trained once, whoever asks and however often."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from explorer.jobs.queue import submit
from explorer.runs import Run, RunConfig, list_runs
from explorer.runs.equal import find_equal
from explorer.runs.folder import checkpoints_folder

LOCK = ".submit.lock"


@dataclass(frozen=True)
class Submitted:
    """What became of one wish to train."""

    run: Run
    is_new: bool  # queued now; else an equal run was there or under way


@contextmanager
def submitting(folder: Path | str | None = None) -> Generator[Path]:
    """The checkpoints folder, to one at a time: who looks for equal runs and queues what is missing does both in it."""
    root = checkpoints_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / LOCK):
        yield root


def submit_once(
    configs: Sequence[RunConfig], folder: Path | str | None = None, today: Mapping[tuple[str, int], str] | None = None
) -> list[Submitted]:
    """Queue a run for each config that no finished or active run of the folder equals; that run where one does.

    today: fingerprints of data sets as they are now, by name and image size; where one is absent, what a run was
    trained on counts. Two that ask at the same moment get the same runs. Samples do not count: somebody who presses
    wants to see the training.
    """
    submitted = []
    with submitting(folder) as root:
        for config in configs:
            fingerprint = (today or {}).get((config.dataset, config.image_size))
            equal = find_equal(config, list_runs(root), fingerprint)
            submitted.append(Submitted(equal or submit(config, root), equal is None))
    return submitted


def with_free_seed(configs: Sequence[RunConfig], folder: Path | str | None = None) -> list[RunConfig]:
    """The same configs with the lowest seed above their own with which none of them has been trained."""
    runs = list_runs(folder)
    seed = max((config.training.seed for config in configs), default=0) + 1
    while any(find_equal(_seeded(config, seed), runs) for config in configs):
        seed += 1
    return [_seeded(config, seed) for config in configs]


def _seeded(config: RunConfig, seed: int) -> RunConfig:
    return replace(config, training=replace(config.training, seed=seed))
