"""The run folder: create, read, change, list, lock. Files are written aside and renamed: whole or absent."""

import json
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from filelock import FileLock

from explorer.data import InputSpec
from explorer.errors import UserError
from explorer.runs.config import RunConfig
from explorer.runs.record import DatasetRecord, RunRecord, StudyRecord, as_json
from explorer.runs.typed_json import Json

if TYPE_CHECKING:
    from explorer.models.network import Network

ACTIVE = ("queued", "running")
ENDED = ("finished", "stopped", "failed")
CHANGE_LOCK = ".change.lock"  # beside the runs: in a run's folder it would hinder who deletes that
SAMPLES = Path(__file__).resolve().parents[1] / "samples"  # the runs that come with the app
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*-(\d{4,})")


def checkpoints_folder(folder: Path | str | None = None) -> Path:
    """`folder`, else EXPLORER_CHECKPOINTS, else ./checkpoints."""
    return Path(folder or os.environ.get("EXPLORER_CHECKPOINTS") or "checkpoints")


def now() -> str:
    """The time in UTC, as ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def write_atomically(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}-{uuid4().hex}.partial")  # threads write, too
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@dataclass(frozen=True)
class Run:
    """A run as its run.json says it was at the moment of reading; `reload()` looks again."""

    path: Path
    record: RunRecord

    @property
    def id(self) -> str:
        """The name of its folder: data set, model and a number."""
        return self.record.id

    @property
    def is_sample(self) -> bool:
        """Whether it came with the app: it can be read, but nothing of it can be changed."""
        return self.path.parent == SAMPLES

    @property
    def status(self) -> str:
        """queued, running, finished, stopped or failed."""
        return self.record.status

    @property
    def reason(self) -> str | None:
        """Why it failed or was stopped, one sentence; None otherwise."""
        return self.record.reason

    @property
    def config(self) -> RunConfig:
        """Everything that was chosen for it."""
        return self.record.config

    @property
    def study(self) -> StudyRecord | None:
        """The study that made this run; None for other runs."""
        return self.record.study

    @property
    def epochs_done(self) -> int:
        """Whole epochs, whose measurements are on the disk."""
        return self.record.epochs_done

    @property
    def best_epoch(self) -> int | None:
        """The first epoch with the highest validation accuracy; None before the first epoch ends."""
        return self.record.best.epoch if self.record.best else None

    @property
    def best_validation_accuracy(self) -> float | None:
        """A fraction; None before the first epoch ends."""
        return self.record.best.validation_accuracy if self.record.best else None

    @property
    def test_accuracy(self) -> float | None:
        """A fraction; None of a run that has not finished."""
        return self.record.test.accuracy if self.record.test else None

    @property
    def device_name(self) -> str:
        """What it trained on; "" where that is not known."""
        return self.record.device.name if self.record.device else ""

    @property
    def dataset(self) -> DatasetRecord:
        """What it learned from. Raises UserError if the training has not begun: the data set is known from then on."""
        if self.record.dataset is None:
            raise UserError(f"{self.id} has not started yet: wait until its training starts.")
        return self.record.dataset

    @property
    def input_spec(self) -> InputSpec:
        """What its network takes. Raises UserError if the training has not begun."""
        return self.dataset.input_spec

    @property
    def network(self) -> "Network":
        """The architecture of its weights. Raises UserError if the training has not begun."""
        from explorer.models.network import Network

        return Network.of(self.config.model, self.config.options, self.input_spec)

    def reload(self) -> "Run":
        """The run as run.json says it is now. Raises UserError if the file is gone or cannot be read."""
        return read(self.path, afresh=True)

    def change(self, **values: object) -> "Run":
        """Set keys of run.json, fields of `RunRecord`, and keep the others, also those that this version does not know;
        the only way in which a run changes its status. One process at a time: a person names what a worker trains.
        Raises UserError if run.json is gone or cannot be read, a value does not fit, or the run is a sample."""
        self.check_own()
        assert values.keys() <= RunRecord.__dataclass_fields__.keys(), values.keys()
        _content(self.path)  # a run that is gone needs no lock, which would make its folder anew
        with FileLock(self.path.parent / CHANGE_LOCK).acquire(poll_interval=0.005):
            changed = {**_content(self.path), **{name: as_json(value) for name, value in values.items()}}
            run = Run(self.path, RunRecord.from_json(changed))
            write_atomically(self.path / "run.json", json.dumps(changed, indent=1).encode())
        return run

    def check_own(self) -> None:
        """Raises UserError if the run is a sample."""
        if self.is_sample:
            raise UserError(
                f"{self.id} is a sample that comes with the app and cannot be changed: train a run of your own, or "
                "leave the samples out with EXPLORER_SAMPLES=off."
            )

    def lock(self) -> FileLock:
        """Held by the process that trains the run; the system frees it when that process dies. Raises UserError if
        the run is a sample."""
        self.check_own()
        return FileLock(self.path / ".lock")

    def requeue(self) -> "Run":
        """Put an ended run back into the queue; whoever takes it goes on from its last whole epoch. Raises UserError
        if the run is a sample."""
        self.check_own()
        (self.path / "stop").unlink(missing_ok=True)
        anew = {"queued_at": now(), "queue_key": time.time_ns(), "message": None, "cluster": None, "nodes": []}
        return self.change(status="queued", reason=None, **anew)

    def request_stop(self) -> None:
        """Ask whoever trains this run, or will, to stop; it answers within a second. Raises UserError if the run is a
        sample."""
        self.check_own()
        (self.path / "stop").touch()

    @property
    def stop_requested(self) -> bool:
        """Whether `request_stop` was called and nobody has put the run back into the queue."""
        return (self.path / "stop").exists()


_seen: dict[Path, tuple[tuple[int, int], Run]] = {}  # folder → (the stamp of its run.json, what it said)


def read(path: Path, afresh: bool = False) -> Run:
    """The run in a folder. Raises UserError if there is none, or if this version cannot read it.

    `afresh` opens the file even if its stamp has not changed: on a network file system stamps lag by seconds.
    """
    try:
        stat = (path / "run.json").stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    stamp = (stat.st_mtime_ns, stat.st_ino)
    if afresh or path not in _seen or _seen[path][0] != stamp:
        _seen[path] = (stamp, Run(path, _record(path, _content(path))))
    return _seen[path][1]


def _content(path: Path) -> dict[str, Json]:
    """run.json as it is."""
    try:
        return json.loads((path / "run.json").read_bytes())
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _record(path: Path, content: Json) -> RunRecord:
    record = RunRecord.from_json(content)
    if record.id != path.name:
        raise UserError(f"The folder {path} holds the run {record.id}: give the folder that name.")
    return record


def _unreadable(path: Path, error: Exception) -> UserError:
    return UserError(f"No readable run.json in {path}: {error}.")
