"""The checkpoints folder: make a run, find one, list them all."""

import json
import os
import re
import time
from pathlib import Path
from typing import Any

from filelock import FileLock

from explorer.data.sources import FOLDER_PREFIX
from explorer.errors import UserError
from explorer.runs.config import RunConfig
from explorer.runs.folder import RUN_ID, SCHEMA_VERSION, Run, checkpoints_folder, now, read, write_atomically
from explorer.runs.numbers import take_number
from explorer.runs.published import find_published, is_published


def create(
    config: RunConfig,
    folder: Path | str | None = None,
    status: str = "queued",
    study: dict[str, Any] | None = None,
) -> Run:
    """A new run with a folder of its own; ids count up over all runs, also deleted ones: a number means one run.

    A worker takes what is "queued"; who trains it himself creates it "running". `study` says which study a run
    belongs to and as which variant; it is kept beside the config, for it changes nothing about the training.
    """
    root = checkpoints_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".create.lock"):
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", config.dataset.rpartition("/")[2].removeprefix(FOLDER_PREFIX))
        name = name.lstrip("-_") or "folder"  # an id that began with these would not be found again
        run_id = f"{name}-{config.model}-{take_number(root):04d}"
        info = {
            "schema_version": SCHEMA_VERSION,
            "id": run_id,
            "status": status,
            "reason": None,
            "config": config.to_json(),
            "study": study,
            "queued_at": now(),
            "queue_key": time.time_ns(),
        }
        # The folder appears under its name only when its run.json is inside.
        aside = root / f".{run_id}.{os.getpid()}.partial"
        aside.mkdir()
        write_atomically(aside / "run.json", json.dumps(info, indent=1).encode())
        path = root / run_id
        aside.rename(path)
    return Run(path, info)


def find(run_id: str, folder: Path | str | None = None) -> Run:
    """The run with this id, be it a published model's; UserError naming the runs that exist."""
    if is_published(run_id):
        return find_published(run_id)
    root = checkpoints_folder(folder)
    if not RUN_ID.fullmatch(run_id) or not (root / run_id / "run.json").is_file():
        newest = ", ".join(run.id for run in list_runs(root)[:5]) or "none yet"
        raise UserError(f"No run '{run_id}' in {root}. The newest runs are: {newest}.")
    return read(root / run_id)


def list_runs(folder: Path | str | None = None) -> list[Run]:
    """All readable runs, the newest first."""
    root = checkpoints_folder(folder)
    if not root.is_dir():
        return []
    runs = []
    for path in root.iterdir():
        if RUN_ID.fullmatch(path.name):
            try:
                runs.append(read(path))
            except UserError:
                continue  # somebody's unfinished copy or a newer version's run: not ours to show
    return sorted(runs, key=lambda run: int(RUN_ID.fullmatch(run.path.name)[1]), reverse=True)
