"""The run folder: create, read, change, list, lock. Files are written aside and renamed: complete or absent."""

import errno
import json
import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from filelock import FileLock

from explorer.data import InputSpec
from explorer.data.files_in_use import replace
from explorer.data.regular_file import read_regular
from explorer.errors import UserError
from explorer.mode import is_demo
from explorer.runs.config import RunConfig
from explorer.runs.owners import check_may_change
from explorer.runs.record import DatasetRecord, RunRecord, StudyRecord, as_json
from explorer.runs.typed_json import Json

if TYPE_CHECKING:
    from explorer.models.network import Network

ACTIVE = ("queued", "running")
SECONDS_TO_WRITE = 600.0  # a file, at most
ENDED = ("finished", "stopped", "failed")
CHANGE_LOCK = ".change.lock"  # beside the runs: inside a run's folder it would prevent deleting it
SAMPLES = Path(__file__).resolve().parents[1] / "samples"  # the runs that come with the app
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*-(\d{4,})")


def checkpoints_folder(folder: Path | str | None = None) -> Path:
    """`folder`, else EXPLORER_CHECKPOINTS, else ./checkpoints."""
    return Path(folder or os.environ.get("EXPLORER_CHECKPOINTS") or "checkpoints")


def now() -> str:
    """The time in UTC, as ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def write_atomically(path: Path, content: bytes) -> None:
    """Readers see the old file or the new one, never half of it. Raises OSError if the disk cannot be written to, as in
    a public demo."""
    if is_demo():
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
    aside = path.with_name(f".{path.name}.{os.getpid()}-{uuid4().hex}.partial")  # threads may write at the same time
    try:
        aside.write_bytes(content)
        replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


_distrusted = 0


def distrust_listings() -> None:
    """Invalidate all lists of runs made before: this process has changed, added or removed a run, or is about to decide
    by the list."""
    global _distrusted
    _distrusted += 1


def times_distrusted() -> int:
    """A counter; if it is larger than when a list was made, the list is not valid."""
    return _distrusted


def remove_partials(folder: Path) -> None:
    """Remove files that killed processes left half-written in this folder; keeps files that are being written."""
    for pattern in (".*.partial", "weights/.*.partial", "state/.*.partial"):
        for aside in folder.glob(pattern):
            with suppress(OSError):  # finished or removed meanwhile
                if time.time() - aside.stat().st_mtime > SECONDS_TO_WRITE:
                    shutil.rmtree(aside) if aside.is_dir() else aside.unlink()


@dataclass(frozen=True)
class Run:
    """A run as its run.json described it when it was read; `reload()` reads it again."""

    path: Path
    record: RunRecord
    has_history: ClassVar = True  # its epochs and its images are known, unlike a published model's

    @property
    def id(self) -> str:
        """The name of its folder: data set, model and a number."""
        return self.record.id

    @property
    def is_sample(self) -> bool:
        """Whether it comes with the app: it can be read but not changed."""
        return self.path.parent == SAMPLES

    @property
    def kind(self) -> str:
        """The prefix of its name: "", unlike a published model's."""
        return ""

    @property
    def given_name(self) -> str | None:
        """The name that a person gave it."""
        return self.record.name

    @property
    def version(self) -> str | None:
        """None: its weights have epochs, not versions."""
        return None

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
        """All its settings."""
        return self.record.config

    @property
    def study(self) -> StudyRecord | None:
        """The study that made this run; None for other runs."""
        return self.record.study

    @property
    def studies(self) -> tuple[StudyRecord, ...]:
        """Every study that it belongs to: the one that made it, and those that use it as equal to one of theirs."""
        return (*((self.record.study,) if self.record.study else ()), *self.record.also_in)

    def variant_in(self, study: str) -> str | None:
        """The variant that it is in the study of this name; None if it does not belong to it."""
        return next((record.variant for record in self.studies if record.name == study), None)

    def join(self, study: StudyRecord) -> "Run":
        """Make it belong to this study as well, if it does not yet. Anybody may do so, because nothing else of it
        changes. Raises UserError if the run is gone, or a sample."""
        run = self.reload()
        if run.variant_in(study.name) is not None:
            return run
        _check_no_sample(run)
        return _write(run.path, also_in=(*run.record.also_in, study))

    @property
    def epochs_done(self) -> int:
        """The number of complete epochs, whose measurements are on the disk."""
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
        """A fraction; None for a run that has not finished."""
        return self.record.test.accuracy if self.record.test else None

    @property
    def device_name(self) -> str:
        """The device that it trained on; "" if that is not known."""
        return self.record.device.name if self.record.device else ""

    @property
    def dataset(self) -> DatasetRecord:
        """The data that it learned from. Raises UserError if the training has not begun: they are not known before."""
        if self.record.dataset is None:
            raise UserError(f"{self.id} has not started yet: wait until its training starts.")
        return self.record.dataset

    @property
    def input_spec(self) -> InputSpec:
        """The input of its network. Raises UserError if the training has not begun."""
        return self.dataset.input_spec

    @property
    def network(self) -> "Network":
        """The architecture of its weights. Raises UserError if the training has not begun."""
        from explorer.models.network import Network

        return Network.of(self.config.model, self.config.options, self.input_spec)

    def reload(self) -> "Run":
        """The run as run.json describes it now. Raises UserError if the file is gone or cannot be read."""
        return read(self.path, afresh=True)

    def change(self, **values: object) -> "Run":
        """Set keys of run.json, which are fields of `RunRecord`, and keep all others, even those that this version does
        not know; the only way in which a run changes its status. One process at a time: a person may name what a worker
        trains. Raises UserError if run.json is gone or cannot be read, if a value does not fit, or like `check_own`."""
        self.check_own()
        return _write(self.path, **values)

    def check_own(self) -> None:
        """Raises UserError if the run is a sample, or if the acting person may not change it. Every change calls it."""
        _check_no_sample(self)
        check_may_change(self.id, self.record.owner, self.record.who)

    def lock(self) -> FileLock:
        """The lock held by the process that trains the run; the system frees it when that process dies. Raises
        UserError like `check_own`."""
        self.check_own()
        return FileLock(self.path / ".lock")

    def requeue(self) -> "Run":
        """Put an ended run back into the queue; it will continue from its last complete epoch. Raises UserError like
        `check_own`."""
        self.check_own()
        (self.path / "stop").unlink(missing_ok=True)
        anew = {"queued_at": now(), "queue_key": time.time_ns(), "message": None, "cluster": None, "nodes": []}
        return self.change(status="queued", reason=None, **anew)

    def request_stop(self) -> None:
        """Ask the process that trains or will train this run to stop; it reacts within a second. Raises UserError like
        `check_own`."""
        self.check_own()
        (self.path / "stop").touch()

    @property
    def stop_requested(self) -> bool:
        """Whether `request_stop` was called and nobody has put the run back into the queue."""
        return (self.path / "stop").exists()


def _check_no_sample(run: Run) -> None:
    if run.is_sample:
        raise UserError(
            f"{run.id} is a sample that comes with the app and cannot be changed: train a run of your own, or "
            "leave the samples out with EXPLORER_SAMPLES=off."
        )


def _write(path: Path, **values: object) -> Run:
    """Like `Run.change`, without asking who acts."""
    assert values.keys() <= RunRecord.__dataclass_fields__.keys(), values.keys()
    _content(path)  # a run that is gone needs no lock, which would create its folder again
    with FileLock(path.parent / CHANGE_LOCK).acquire(poll_interval=0.005):
        changed = {**_content(path), **{name: as_json(value) for name, value in values.items()}}
        run = Run(path, RunRecord.from_json(changed))
        write_atomically(path / "run.json", json.dumps(changed, indent=1).encode())
        distrust_listings()
    return run


_read: dict[Path, tuple[tuple[int, int], Run]] = {}  # folder → (the stamp of its run.json, its run)


def read(path: Path, afresh: bool = False) -> Run:
    """The run in a folder. Raises UserError if there is none, or if this version cannot read it.

    `afresh` opens the file even if its stamp has not changed: on a network file system stamps lag by seconds.
    """
    try:
        stat = (path / "run.json").stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    stamp = (stat.st_mtime_ns, stat.st_ino)
    if afresh or path not in _read or _read[path][0] != stamp:
        _read[path] = (stamp, Run(path, _record(path, _content(path))))
    return _read[path][1]


def _content(path: Path) -> dict[str, Json]:
    """The content of run.json, unchanged."""
    try:
        return json.loads(read_regular(path / "run.json"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error


def _record(path: Path, content: Json) -> RunRecord:
    record = RunRecord.from_json(content)
    if record.id != path.name:
        raise UserError(f"The folder {path} holds the run {record.id}: give the folder that name.")
    return record


def _unreadable(path: Path, error: Exception) -> UserError:
    return UserError(f"No readable run.json in {path}: {error}.")
