"""The checkpoints folder: make a run, find one, list them all."""

import json
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from explorer.data.sources import FOLDER_PREFIX
from explorer.errors import UserError
from explorer.runs.config import RunConfig
from explorer.runs.epochs_file import check_epochs
from explorer.runs.folder import RUN_ID, SAMPLES, Run, checkpoints_folder, now, read, write_atomically
from explorer.runs.numbers import TRASH, take_number
from explorer.runs.published import find_published, is_published
from explorer.runs.record import RunRecord, StudyRecord

MAKING_LOCK = ".create.lock"  # held while a run's folder appears or goes


def create(
    config: RunConfig,
    folder: Path | str | None = None,
    status: str = "queued",
    study: StudyRecord | None = None,
) -> Run:
    """A new run with a folder of its own; ids count up over all runs, also deleted ones: a number means one run.

    A worker takes what is "queued"; who trains it himself creates it "running". `study` says which study a run
    belongs to and as which variant; it is kept beside the config, for it changes nothing about the training.
    """
    root = checkpoints_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / MAKING_LOCK):
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", config.dataset.rpartition("/")[2].removeprefix(FOLDER_PREFIX))
        name = name.lstrip("-_") or "folder"  # an id that began with these would not be found again
        run_id = f"{name}-{config.model}-{take_number(root):04d}"
        record = RunRecord(run_id, status, config, study=study, queued_at=now(), queue_key=time.time_ns())
        # The folder appears under its name only when its run.json is inside.
        aside = root / f".{run_id}.{os.getpid()}.partial"
        aside.mkdir()
        write_atomically(aside / "run.json", json.dumps(record.to_json(), indent=1).encode())
        path = root / run_id
        aside.rename(path)
    return Run(path, record)


def find(run_id: str, folder: Path | str | None = None) -> Run:
    """The run with this id, be it a published model's. Raises UserError if there is none, or if it cannot be read."""
    if is_published(run_id):
        return find_published(run_id)
    if sample := next((run for run in sample_runs() if run.id == run_id), None):
        return sample
    root = checkpoints_folder(folder)
    if not RUN_ID.fullmatch(run_id) or not (root / run_id / "run.json").is_file():
        if RUN_ID.fullmatch(run_id) and any((root / TRASH).glob(f"*/{run_id}")):
            raise UserError(f"{run_id} has been deleted: bring it back with `python -m explorer restore {run_id}`.")
        newest = ", ".join(run.id for run in list_runs(root)[:5]) or "none yet"
        raise UserError(f"No run '{run_id}' in {root}. The newest runs are: {newest}.")
    try:
        return _whole(root / run_id)
    except UserError as error:
        raise UserError(f"{run_id} cannot be read: {error}") from error


def list_runs(folder: Path | str | None = None) -> list[Run]:
    """All readable runs, the newest first."""
    return _all(folder)[0]


def sample_runs() -> list[Run]:
    """The finished runs that come with the app, the same in every folder and in none; none where EXPLORER_SAMPLES is
    off. They can be read, and nothing of them can be changed."""
    if os.environ.get("EXPLORER_SAMPLES", "on").lower() in ("off", "0"):
        return []
    return [_whole(file.parent) for file in sorted(SAMPLES.glob("*/run.json"))]


@dataclass(frozen=True)
class DamagedRun:
    """A folder under the name of a run that this version cannot read."""

    id: str
    reason: str  # a sentence


def damaged_runs(folder: Path | str | None = None) -> list[DamagedRun]:
    """The runs that `list_runs` leaves out, the newest first: damaged, half copied, or a newer version's."""
    return _all(folder)[1]


def unknown_keys(folder: Path | str | None = None) -> list[str]:
    """A sentence for each run that a newer version has written: which keys of run.json this version does not know."""
    return [
        f"{run.id} has keys in run.json that this version does not use but keeps: {', '.join(run.record.unknown)}."
        for run in list_runs(folder)
        if run.record.unknown
    ]


def _all(folder: Path | str | None) -> tuple[list[Run], list[DamagedRun]]:
    root = checkpoints_folder(folder)
    found = [path for path in root.iterdir() if (path / "run.json").is_file()] if root.is_dir() else []
    numbered = [(_number(path), path) for path in found]  # a folder that a person named otherwise has no number
    runs: list[Run] = []
    damaged: list[DamagedRun] = []
    for _, path in sorted(((number, path) for number, path in numbered if number), reverse=True):
        try:
            runs.append(_whole(path))
        except UserError as error:
            damaged.append(DamagedRun(path.name, str(error)))
    return runs, damaged


def _whole(path: Path) -> Run:
    """The run in a folder. Raises UserError if it is damaged."""
    run = read(path)
    check_epochs(run)
    return run


def _number(path: Path) -> int:
    """The number in a run folder's name; 0 of another folder."""
    match = RUN_ID.fullmatch(path.name)
    return int(match[1]) if match else 0
