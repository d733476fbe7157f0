"""The queue is the set of queued run folders, in the order in which they were made."""

from pathlib import Path
from typing import Any

from explorer.runs import Run, RunConfig, create, list_runs


def submit(config: RunConfig, folder: Path | str | None = None, study: dict[str, Any] | None = None) -> Run:
    """Queue a run; a worker takes it when its turn comes. `study` as in `explorer.runs.create`."""
    return create(config, folder, study=study)


def waiting(folder: Path | str | None = None) -> list[Run]:
    """Queued runs, the next one first."""
    queued = [run for run in list_runs(folder) if run.status == "queued"]
    return sorted(queued, key=lambda run: run.info["queue_key"])


def place(run: Run, folder: Path | str | None = None) -> int:
    """How many runs a queued run waits for, counting the one in training; 0 if it is not queued."""
    if run.status != "queued":
        return 0
    ahead = sum(other.info["queue_key"] < run.info["queue_key"] for other in waiting(folder))
    return ahead + sum(other.status == "running" for other in list_runs(folder))


def resume(run: Run) -> Run:
    """Queue a stopped or failed run again; it goes on from its last whole epoch."""
    return run.requeue()


def stop(run: Run) -> None:
    """Stop a run: one that waits never begins, one that trains ends within a second and keeps what it learned."""
    run.request_stop()
