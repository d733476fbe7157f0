"""The queue is the set of queued run folders. People take turns, and each person's runs are trained in the order in
which they were made."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from filelock import Timeout

from explorer.jobs.bounds import check_queue, check_room
from explorer.jobs.capacity import workers
from explorer.jobs.cluster import setting, target
from explorer.runs import ACTIVE, Run, RunConfig, create, further, list_runs
from explorer.runs.folder import now
from explorer.runs.record import StudyRecord


def submit(
    config: RunConfig,
    folder: Path | str | None = None,
    study: StudyRecord | None = None,
    session: str | None = None,
) -> Run:
    """Queue a run; a worker takes it when its turn comes. `study` and `session` as in `explorer.runs.create`."""
    return create(config, folder, study=study, session=session)


def waiting(folder: Path | str | None = None) -> list[Run]:
    """Queued runs, the next one first; without those whose initial weights are still being trained."""
    runs = list_runs(folder)
    active = {run.id for run in runs if run.status in ACTIVE}
    queued = [run for run in runs if run.status == "queued"]
    return in_turn([run for run in queued if run.config.training.source not in active], runs)


def in_turn(queued: Iterable[Run], runs: Iterable[Run]) -> list[Run]:
    """Queued runs in the order in which they begin. The next run belongs to the person who has waited longest since a
    run of theirs began; among people of whom none has begun, to the one who asked first. `runs`: all runs of the
    folder."""
    rest: dict[str, list[Run]] = {}
    for run in sorted(queued, key=lambda run: run.record.queue_key, reverse=True):
        rest.setdefault(_person(run), []).append(run)
    served = dict.fromkeys(rest, (0, ""))
    for run in runs:
        if (person := _person(run)) in served:
            served[person] = max(served[person], (0, run.record.started_at or ""))
    order: list[Run] = []
    while rest:
        person = min(rest, key=lambda person: (served[person], rest[person][-1].record.queue_key))
        order.append(rest[person].pop())
        served[person] = (len(order), "")  # after all runs that have begun
        if not rest[person]:
            del rest[person]
    return order


def _person(run: Run) -> str:
    """Who asked for a run: an owner, else a name, else a visitor's session, else a command line."""
    return run.record.owner or run.record.who or run.record.session or ""


def queue_position(run: Run) -> int:
    """How many runs must end before a queued run begins in its place, if all take one core; 0 if it is not queued. On a
    cluster, how many are ahead in the queue."""
    if run.status != "queued":
        return 0
    default = setting()

    def where(candidate: Run) -> str | None:
        cluster = target(candidate, default)
        return cluster.address if cluster else None

    runs = list_runs()
    beside = [other for other in runs if other.status in ACTIVE and where(other) == where(run)]
    order = in_turn([other for other in beside if other.status == "queued"], runs)
    ahead = next((place for place, other in enumerate(order) if other.id == run.id), 0)
    if where(run) is not None:
        return ahead
    return max(0, ahead + sum(other.status == "running" for other in beside) - (workers() - 1))


def resume(run: Run) -> Run:
    """Queue a stopped or failed run again; it continues from its last complete epoch. Raises UserError if the queue has
    no room, or if the acting person may not change the run."""
    run.check_own()
    check_queue(1, folder=run.path.parent)
    return run.requeue()


def train_further(run: Run, epochs: int) -> Run:
    """Queue an ended run for `epochs` epochs in total. Raises UserError like `resume`, or if the acting person would
    take too much of the disk."""
    run.check_own()
    further.check(run, epochs)
    more = replace(run.config, training=further.extended(run.config.training, run.epochs_done, epochs))
    check_room([more], folder=run.path.parent)
    return further.train_further(run, epochs).requeue()


def stop(run: Run) -> None:
    """Stop a run: a waiting one never begins, one in training ends within a second and keeps what it learned."""
    run.request_stop()
    # If its lock is free, nobody trains it, and we record the stop ourselves; otherwise its process sees the request.
    with suppress(Timeout), run.lock().acquire(timeout=0):
        if (run := run.reload()).status in ACTIVE:
            run.change(status="stopped", reason=stop_reason(run), finished_at=now())


def stop_reason(run: Run) -> str:
    """Why a stopped run ended, in one sentence."""
    return "Stopped on request." if run.epochs_done else "Stopped before it started."
