"""`--workers`: several runs at once on this machine, in processes started by the command."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.cluster import print_changes

if TYPE_CHECKING:
    from explorer.data import Dataset
    from explorer.jobs.pool import Pool
    from explorer.runs import Run

Workers = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        help="The most runs to train at once. Default: EXPLORER_WORKERS, or as many as there are cores. The "
        "results do not depend on it.",
    ),
]
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 5.0  # after Ctrl-C, for every run to record that it was stopped


def number_of_workers(given: str | None) -> int:
    """The number in `--workers`. Raises UserError if it is not a number of runs."""
    from explorer.jobs.capacity import checked_workers, workers

    return workers() if given is None else checked_workers(given, "--workers")


class Loaded:
    """Data sets that are in memory already, in place of `explorer.data.load`."""

    def __init__(self, data: "dict[tuple[str, int], Dataset]") -> None:
        self._data = data

    def __call__(self, name: str, folder: Path | str | None = None, image_size: int = 32, *_: object) -> "Dataset":
        """The data set of this name and image size."""
        return self._data[name, image_size]


def get_ready(at_once: int) -> None:
    """Called before a command that will use `side_by_side` computes anything; see explorer/jobs/pool.py."""
    import torch

    import explorer.training.device  # noqa: F401  it notes how many threads a large run will have

    if at_once > 1:
        torch.set_num_threads(1)


def side_by_side(
    runs: "Iterable[Run]",
    at_once: int,
    data_folder: str | None,
    loader: Loaded,
    meanwhile: Callable[[], None] = lambda: None,
) -> "list[Run]":
    """Train runs that nobody else trains; returns them as they ended, in the same order. Ctrl-C stops them.

    Takes the next one from `runs` when there is room for it, because a run that is created "running" is in training.
    `meanwhile` is called once, when all processes train: for what the command needs afterwards, such as slow imports.
    """
    from explorer.jobs.pool import Pool

    pool = Pool(at_once, data_folder, loader)
    try:
        return _follow(pool, iter(runs), meanwhile)
    except KeyboardInterrupt:  # the processes have received it, too
        end = time.monotonic() + PATIENCE_SECONDS
        while pool.runs and time.monotonic() < end:
            pool.wait(LOOK_SECONDS)
        raise
    finally:
        pool.close()


def _follow(pool: "Pool", waiting: "Iterator[Run]", meanwhile: Callable[[], None]) -> "list[Run]":
    """Start runs as there is room, and print changes, until all have ended."""
    from explorer.jobs.worker import mark_failed_if_orphan
    from explorer.runs.folder import read

    taken: list[Run] = []
    printed: dict[str, str] = {}
    is_last = has_waited = False
    while not is_last or pool.runs:
        while pool.has_room and not is_last:
            run = next(waiting, None)
            is_last = run is None
            if run:
                taken.append(run)
                if run.status == "finished":
                    print(f"{run.id}: already finished", file=sys.stderr)
                else:
                    pool.start(run)
        if pool.all_train and not has_waited:
            has_waited = True
            meanwhile()
        for run in pool.wait(LOOK_SECONDS):
            mark_failed_if_orphan(run)
        taken = [read(run.path) for run in taken]  # their files are written on this machine: their stamps do not lag
        print_changes([run for run in taken if run.id in printed or run.status != "finished"], printed)
    return taken
