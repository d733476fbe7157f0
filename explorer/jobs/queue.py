"""The queue is the set of queued run folders, in the order in which they were made."""

from contextlib import suppress
from pathlib import Path

from filelock import Timeout

from explorer.jobs.cluster import setting, target
from explorer.runs import ACTIVE, Run, RunConfig, create, further, list_runs
from explorer.runs.folder import now
from explorer.runs.record import StudyRecord


def submit(config: RunConfig, folder: Path | str | None = None, study: StudyRecord | None = None) -> Run:
    """Queue a run; a worker takes it when its turn comes. `study` as in `explorer.runs.create`."""
    return create(config, folder, study=study)


def waiting(folder: Path | str | None = None) -> list[Run]:
    """Queued runs, the next one first; without those whose first weights are still being trained."""
    runs = list_runs(folder)
    active = {run.id for run in runs if run.status in ACTIVE}
    queued = [run for run in runs if run.status == "queued"]
    queued = [run for run in queued if run.config.training.source not in active]
    return sorted(queued, key=lambda run: run.record.queue_key)


def queue_position(run: Run, folder: Path | str | None = None) -> int:
    """How many runs a queued run waits for where it will train; 0 if it is not queued.

    This machine trains one at a time, so the one in training counts; on a cluster several do.
    """
    if run.status != "queued":
        return 0
    default = setting(folder)

    def where(candidate: Run) -> str | None:
        cluster = target(candidate, default)
        return cluster.address if cluster else None

    beside = [other for other in list_runs(folder) if other.status in ACTIVE and where(other) == where(run)]
    ahead = sum(other.status == "queued" and other.record.queue_key < run.record.queue_key for other in beside)
    return ahead + (where(run) is None) * sum(other.status == "running" for other in beside)


def resume(run: Run) -> Run:
    """Queue a stopped or failed run again; it goes on from its last whole epoch."""
    return run.requeue()


def train_further(run: Run, epochs: int) -> Run:
    """Queue an ended run for `epochs` epochs in all."""
    return further.train_further(run, epochs).requeue()


def stop(run: Run) -> None:
    """Stop a run: one that waits never begins, one that trains ends within a second and keeps what it learned."""
    run.request_stop()
    # If nobody holds its lock, nobody trains it, and we can say so ourselves; who does sees the request.
    with suppress(Timeout), run.lock().acquire(timeout=0):
        if (run := run.reload()).status in ACTIVE:
            run.change(status="stopped", reason=stop_reason(run), finished_at=now())


def stop_reason(run: Run) -> str:
    """Why a stopped run ended, one sentence."""
    return "Stopped on request." if run.epochs_done else "Stopped before it started."
