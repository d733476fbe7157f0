"""The checkpoints folder: make a run, find one, list them all."""

import json
import os
import re
import shutil
import time
from pathlib import Path

from filelock import FileLock

from explorer.data.files_in_use import rename
from explorer.data.sources import FOLDER_PREFIX
from explorer.errors import UserError
from explorer.mode import check_no_demo
from explorer.runs.config import RunConfig
from explorer.runs.folder import (
    RUN_ID,
    SAMPLES,
    Run,
    checkpoints_folder,
    distrust_listings,
    now,
    write_atomically,
)
from explorer.runs.listing import DamagedRun, Listing, listing, read_whole
from explorer.runs.numbers import TRASH, take_number
from explorer.runs.owners import acting
from explorer.runs.published import find_published, is_published
from explorer.runs.record import RunRecord, StudyRecord

MAKING_LOCK = ".create.lock"  # held while a run's folder is created or removed


def create(
    config: RunConfig,
    folder: Path | str | None = None,
    status: str = "queued",
    study: StudyRecord | None = None,
    session: str | None = None,
) -> Run:
    """A new run with its own folder. Ids count up over all runs, even deleted ones, so a number means one run.

    A worker takes runs that are "queued"; a caller who trains the run creates it as "running". `study` says which study
    a run belongs to and as which variant; it is not part of the config, because it changes nothing about the training.
    The run belongs to the acting person; `session` identifies them in the queue as long as people have no names.
    """
    check_no_demo()
    root = checkpoints_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / MAKING_LOCK):
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", re.split(r"[/\\]", config.dataset)[-1].removeprefix(FOLDER_PREFIX))
        name = name.lstrip("-_") or "folder"  # an id that began with these could not be found again
        run_id = f"{name}-{config.model}-{take_number(root):04d}"
        person = acting()
        record = RunRecord(
            run_id,
            status,
            config,
            who=person.name,
            owner=person.owner,
            study=study,
            session=session,
            queued_at=now(),
            queue_key=time.time_ns(),
        )
        # The folder appears under its name only when its run.json is inside.
        aside = root / f".{run_id}.{os.getpid()}.partial"
        path = root / run_id
        try:
            aside.mkdir()
            write_atomically(aside / "run.json", json.dumps(record.to_json(), indent=1).encode())
            rename(aside, path)
            distrust_listings()
        except OSError:  # the disk is full
            shutil.rmtree(aside, ignore_errors=True)
            raise
    return Run(path, record)


def find(run_id: str, folder: Path | str | None = None) -> Run:
    """The run with this id. Raises UserError if there is none, or if it cannot be read."""
    if is_published(run_id):
        model = find_published(run_id)
        raise UserError(f"{model.id} is a published model that can only be read: train a run of your own.")
    if sample := next((run for run in sample_runs() if run.id == run_id), None):
        return sample
    root = checkpoints_folder(folder)
    if not RUN_ID.fullmatch(run_id) or not (root / run_id / "run.json").is_file():
        if RUN_ID.fullmatch(run_id) and any((root / TRASH).glob(f"*/{run_id}")):
            raise UserError(f"{run_id} has been deleted: bring it back with `python -m explorer restore {run_id}`.")
        newest = ", ".join(run.id for run in list_runs(root)[:5]) or "none yet"
        raise UserError(f"No run '{run_id}' in {root}. The newest runs are: {newest}.")
    try:
        return read_whole(root / run_id)
    except UserError as error:
        raise UserError(f"{run_id} cannot be read: {error}") from error


def list_runs(folder: Path | str | None = None) -> list[Run]:
    """All readable runs, the newest first."""
    return list(listed(folder).runs)


def listed(folder: Path | str | None = None) -> Listing:
    """All runs, with indexes by status and study."""
    return listing(checkpoints_folder(folder))


def sample_runs() -> list[Run]:
    """The finished runs that come with the app, the same for every folder; empty if EXPLORER_SAMPLES is off. They can
    be read but not changed."""
    if os.environ.get("EXPLORER_SAMPLES", "on").lower() in ("off", "0"):
        return []
    return [read_whole(file.parent) for file in sorted(SAMPLES.glob("*/run.json"))]


def damaged_runs(folder: Path | str | None = None) -> list[DamagedRun]:
    """The runs that `list_runs` leaves out, the newest first: damaged, half copied, or written by a newer version."""
    return list(listed(folder).damaged)


def unknown_keys(folder: Path | str | None = None) -> list[str]:
    """A sentence for each run that a newer version has written: the keys of run.json that this version does not
    know."""
    return [
        f"{run.id} has keys in run.json that this version does not use but keeps: {', '.join(run.record.unknown)}."
        for run in listed(folder).with_unknown_keys
    ]
