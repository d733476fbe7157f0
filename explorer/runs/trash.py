"""Deleted runs: their folders move to checkpoints/.trash/<time>/<id>, from where they can be restored for 30 days.

A run is moved in one step, in both directions, so that a crash never leaves half of one. Everybody who shares the
folder sees it at once.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.data.files_in_use import WINDOWS, rename
from explorer.errors import UserError
from explorer.runs.folder import ACTIVE, RUN_ID, Run, checkpoints_folder, distrust_listings, read
from explorer.runs.numbers import TRASH, keep_numbers
from explorer.runs.owners import check_host
from explorer.runs.published import is_published
from explorer.runs.store import MAKING_LOCK, list_runs, sample_runs

KEPT = timedelta(days=30)
TIME = "%Y%m%dT%H%M%S.%fZ"
GOING = "going-"  # prefix of what is being removed for good


@dataclass(frozen=True)
class TrashedRun:
    """A deleted run that can be restored."""

    path: Path
    deleted_at: datetime  # in UTC

    @property
    def id(self) -> str:
        """The id of the run, which it has again when it is restored."""
        return self.path.name

    @property
    def gone_at(self) -> datetime:
        """The time from which it may be removed for good."""
        return self.deleted_at + KEPT


def delete(run_id: str, folder: Path | str | None = None) -> TrashedRun:
    """Move a run to the trash, even one that cannot be read. Raises UserError if it does not exist, if it is active, if
    a queued run needs its weights, if it is a sample, or if the acting person may not change it."""
    root = checkpoints_folder(folder)
    if is_published(run_id):
        raise UserError(f"{run_id} is a published model: it has no folder to delete.")
    for sample in sample_runs():
        if sample.id == run_id:
            sample.check_own()
    if not RUN_ID.fullmatch(run_id) or not (root / run_id).is_dir():
        raise UserError(f"No run '{run_id}' in {root}: `python -m explorer list` lists the runs.")
    _check_own(root / run_id)
    with FileLock(root / MAKING_LOCK):
        _check(run_id, root)
        keep_numbers(root)
        deleted_at = datetime.now(UTC)
        while (of_moment := root / TRASH / deleted_at.strftime(TIME)).exists():  # Windows ticks 64 times a second
            deleted_at += timedelta(microseconds=1)
        of_moment.mkdir(parents=True)
        try:
            _move(root / run_id, of_moment / run_id)
            distrust_listings()
        except OSError as error:
            of_moment.rmdir()
            if isinstance(error, Timeout):
                raise UserError(f"{run_id} is being trained: stop it before you delete it.") from None
            if WINDOWS and isinstance(error, PermissionError):
                raise UserError(f"A program has a file of {run_id} open: close it before you delete the run.") from None
            raise
    return TrashedRun(of_moment / run_id, deleted_at)


def _move(folder: Path, path: Path) -> None:
    """Move a run's folder if nobody trains the run. Raises Timeout if somebody does. Windows cannot move a folder in
    which a file is open: there the lock is released first, and a process that takes it meanwhile prevents the move."""
    lock = FileLock(folder / ".lock")
    with lock.acquire(timeout=0):
        if not WINDOWS:
            folder.rename(path)
            return
    rename(folder, path)


def consequences(run_id: str, folder: Path | str | None = None) -> list[str]:
    """What a person should know before a run is deleted: a sentence for each run that starts from its weights."""
    return [
        f"{dependent.id} starts from its weights, and keeps a copy of them."
        if dependent.record.origin
        else f"{dependent.id} starts from its weights, and has not begun: it can only begin while {run_id} exists."
        for dependent in _starting_from(run_id, checkpoints_folder(folder))
    ]


def restore(run_id: str, folder: Path | str | None = None) -> Run:
    """Move a deleted run back. Raises UserError if it is not in the trash, if another run has its id by now, or if the
    acting person may not change it."""
    root = checkpoints_folder(folder)
    with FileLock(root / MAKING_LOCK):
        target, path = root / run_id, _in_trash(run_id, root)
        _check_own(path)
        if (target / "run.json").exists():
            raise UserError(f"There is a run {run_id} again in {root}: delete it before you restore the earlier one.")
        shutil.rmtree(target, ignore_errors=True)  # a lock file that somebody created meanwhile
        rename(path, target)
        distrust_listings()
        path.parent.rmdir()
    return read(target)


def remove(run_id: str, folder: Path | str | None = None) -> None:
    """Remove a deleted run for good, before its 30 days are over. Raises UserError if it is not in the trash, if a run
    has yet to start from its weights, or if the acting person may not change it."""
    root = checkpoints_folder(folder)
    with FileLock(root / MAKING_LOCK):
        path = _in_trash(run_id, root)
        _check_own(path)
        if waiting := _yet_to_start(run_id, root):
            raise UserError(f"{waiting[0]} has yet to start from the weights of {run_id}: delete {waiting[0]} first.")
        keep_numbers(root)
        going = root / TRASH / f"{GOING}{path.parent.name}"
        rename(path.parent, going)
    shutil.rmtree(going, ignore_errors=True)


def trashed(folder: Path | str | None = None) -> list[TrashedRun]:
    """The runs that can be restored, the last deleted first."""
    return sorted(_all(checkpoints_folder(folder)), key=lambda trashed_run: trashed_run.deleted_at, reverse=True)


def purge(folder: Path | str | None = None, now: datetime | None = None) -> list[str]:
    """Remove for good what was deleted more than 30 days ago, except runs whose weights another has yet to start from;
    returns a sentence for each. Called when a worker or the app starts."""
    root = checkpoints_folder(folder)
    if not (root / TRASH).is_dir():
        return []
    sentences, now = [], now or datetime.now(UTC)
    with FileLock(root / MAKING_LOCK):
        keep_numbers(root)
        for trashed_run in (trashed_run for trashed_run in trashed(root) if trashed_run.gone_at <= now):
            if waiting := _yet_to_start(trashed_run.id, root):
                sentences.append(
                    f"{trashed_run.id} stays in the trash, since {waiting[0]} has yet to start from its weights."
                )
                continue
            rename(trashed_run.path.parent, root / TRASH / f"{GOING}{trashed_run.path.parent.name}")
            sentences.append(
                f"{trashed_run.id}, deleted on {trashed_run.deleted_at:%Y-%m-%d}, has been removed for good."
            )
    for path in (root / TRASH).iterdir():  # also what a process that died has left behind
        if path.name.startswith(GOING):
            shutil.rmtree(path, ignore_errors=True)
    return sentences


def _check_own(path: Path) -> None:
    """Raises UserError unless the acting person may change the run; if it cannot be read, its owner is not known."""
    try:
        run = read(path, afresh=True)
    except UserError:
        check_host(f"delete or restore {path.name}, which cannot be read")
        return
    run.check_own()


def _check(run_id: str, root: Path) -> None:
    try:
        run = read(root / run_id, afresh=True)
    except UserError:
        return  # damaged, or half copied: nobody can train it
    if run.status in ACTIVE:
        raise UserError(f"{run_id} is {run.status}: stop it before you delete it.")
    for dependent in _starting_from(run_id, root):
        if dependent.status in ACTIVE and not dependent.record.origin:
            raise UserError(
                f"{dependent.id} is {dependent.status} and starts from the weights of {run_id}: stop it first."
            )


def _starting_from(run_id: str, root: Path) -> list[Run]:
    distrust_listings()  # others may have queued one
    return [run for run in list_runs(root) if run.config.training.source == run_id]


def _yet_to_start(run_id: str, root: Path) -> list[str]:
    return [run.id for run in _starting_from(run_id, root) if not run.record.origin]


def _in_trash(run_id: str, root: Path) -> Path:
    there = {trashed_run.id: trashed_run for trashed_run in trashed(root)}
    if run_id not in there:
        trashed_ids = ", ".join(there) or "nothing"
        raise UserError(f"No deleted run '{run_id}' in {root / TRASH}. It holds: {trashed_ids}.")
    return there[run_id].path


def _all(root: Path) -> Iterator[TrashedRun]:
    for path in (root / TRASH).glob("*/*"):
        try:
            deleted_at = datetime.strptime(path.parent.name, TIME).replace(tzinfo=UTC)
        except ValueError:
            continue  # being removed, or not one of our folders
        if RUN_ID.fullmatch(path.name):
            yield TrashedRun(path, deleted_at)
