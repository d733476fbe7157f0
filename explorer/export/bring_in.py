"""Import a run: its zip file becomes a run here, or one sentence says why not, and nothing is left behind."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from filelock import FileLock

from explorer.data import is_folder, tidy
from explorer.data.allowed import checked
from explorer.data.files_in_use import rename
from explorer.data.image_folder import FOLDER_PREFIX
from explorer.data.shortcut import parsed
from explorer.data.sources import base_of
from explorer.errors import UserError
from explorer.export import run_check, zip_file
from explorer.export.archive import STAYS_HERE
from explorer.export.run_files import CHECKSUMS
from explorer.jobs.bounds import check_disk_for
from explorer.mode import check_no_demo
from explorer.runs.folder import RUN_ID, Run, checkpoints_folder, distrust_listings, now, read, write_atomically
from explorer.runs.numbers import take_number
from explorer.runs.owners import acting
from explorer.runs.record import ImportRecord, RunRecord, as_json
from explorer.runs.store import MAKING_LOCK
from explorer.runs.typed_json import Json

DIGITS = 4  # digits of a usual number


def bring_in(file: BinaryIO, folder: Path | str | None = None, images: str | None = None) -> Run:
    """Import the run in a zip file that `archive.write` wrote, as a run of the acting person.

    `images`: the folder on this machine with the images of a run that learned from a folder elsewhere. The run gets a
    new number if its own is taken. Raises UserError with one sentence if anything in the archive is wrong; the folder
    of runs is then unchanged.
    """
    check_no_demo()
    name, infos = zip_file.entries(file)
    check_disk_for(sum(info.file_size for info in infos.values()), folder)
    root = checkpoints_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    aside = root / f".import-{os.getpid()}-{uuid4().hex}.partial"
    aside.mkdir()
    try:
        zip_file.unpack(file, infos, aside)
        run_check.check_sums(aside, set(infos))
        record = run_check.read_record(aside, name)
        content = json.loads((aside / "run.json").read_bytes()) | _data(record, images)
        record = RunRecord.from_json(content)
        run_check.check_data(record)
        run_check.check_files(Run(aside, record))
        (aside / CHECKSUMS).unlink(missing_ok=True)
        return _named(aside, record, content, root)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _data(record: RunRecord, images: str | None) -> dict[str, Json]:
    """The entries of run.json that change if the run's own images are in another place on this machine."""
    named = record.config.dataset
    if not is_folder(named):
        if images is not None:
            raise UserError(f"{record.id} learned from {named}, which is not a folder of images: leave the images out.")
        return {}
    if not acting().is_host:
        raise UserError(f"{record.id} learned from a person's own images: only the host can bring it in.")
    if not images:  # the folder that it names is on another machine, so it is not looked up
        raise UserError(
            f"{record.id} learned from the folder '{_path(named)}' of the machine that trained it: copy its images "
            "here and name their folder (on the command line with --images)."
        )
    path = checked(tidy(FOLDER_PREFIX + images).removeprefix(FOLDER_PREFIX))
    if not os.path.isdir(path):
        raise UserError(f"'{path}' is not a folder: name the one that holds the images of {record.id}.")
    planted, here = parsed(named), f"{FOLDER_PREFIX}{path}"
    dataset = tidy(replace(planted, base=here).name if planted else here)
    known = {"dataset": as_json(replace(record.dataset, name=dataset))} if record.dataset else {}
    return {"config": as_json(replace(record.config, dataset=dataset)), **known}


def _path(dataset: str) -> Path:
    return Path(base_of(dataset).removeprefix(FOLDER_PREFIX))


def _named(aside: Path, record: RunRecord, content: Json, root: Path) -> Run:
    """Make its folder appear under its name, complete."""
    person = acting()
    kept = {key: value for key, value in content.items() if key not in STAYS_HERE}
    imported = ImportRecord(record.id, now(), record.who)
    with FileLock(root / MAKING_LOCK):
        run_id = _free_id(record.id, root)
        kept |= {"id": run_id, "who": person.name, "owner": person.owner, "imported": as_json(imported)}
        write_atomically(aside / "run.json", json.dumps(kept, indent=1).encode())
        rename(aside, root / run_id)
        distrust_listings()
    return read(root / run_id, afresh=True)


def _free_id(wanted: str, root: Path) -> str:
    """The run's own id if its number comes after all numbers given here and is not in the millions; else one with the
    next number."""
    found = RUN_ID.fullmatch(wanted)
    assert found is not None  # `read_record` has checked it
    number = take_number(root, int(found[1]) if len(found[1]) == DIGITS else 0)
    return wanted if number == int(found[1]) else f"{wanted.removesuffix(found[1])}{number:04d}"
