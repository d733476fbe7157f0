"""The run folder: create, read, change, list, lock. Files are written aside and renamed: whole or absent."""

import json
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from filelock import FileLock

from explorer.data import InputSpec
from explorer.errors import UserError
from explorer.runs.config import RunConfig

if TYPE_CHECKING:
    from explorer.models.network import Network

SCHEMA_VERSION = 1
ACTIVE = ("queued", "running")
ENDED = ("finished", "stopped", "failed")
RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*-(\d{4,})")


def checkpoints_folder(folder: Path | str | None = None) -> Path:
    """`folder`, else EXPLORER_CHECKPOINTS, else ./checkpoints."""
    return Path(folder or os.environ.get("EXPLORER_CHECKPOINTS") or "checkpoints")


def now() -> str:
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
    info: dict[str, Any]

    @property
    def id(self) -> str:
        return self.info["id"]

    @property
    def status(self) -> str:
        """queued, running, finished, stopped or failed."""
        return self.info["status"]

    @property
    def reason(self) -> str | None:
        """Why it failed or was stopped, one sentence; None otherwise."""
        return self.info.get("reason")

    @property
    def config(self) -> RunConfig:
        return RunConfig.from_json(self.info["config"])

    @property
    def study(self) -> dict[str, Any] | None:
        """The study that made this run, as it was given to `create`: {"name": …, "variant": …}; None for other runs."""
        return self.info.get("study")

    @property
    def epochs_done(self) -> int:
        return self.info.get("epochs_done", 0)

    @property
    def best_validation_accuracy(self) -> float | None:
        """A fraction; None before the first epoch ends."""
        return (self.info.get("best") or {}).get("validation_accuracy")

    @property
    def input_spec(self) -> InputSpec:
        """UserError before the training has begun: the data set is known from then on."""
        data = self.info.get("dataset")
        if data is None:
            raise UserError(f"{self.id} has not begun yet: wait until its training starts.")
        return InputSpec.from_json(data)

    @property
    def network(self) -> "Network":
        """The architecture of its weights. UserError before the training has begun, as of `input_spec`."""
        from explorer.models.network import Network

        return Network.of(self.config.model, self.config.options, self.input_spec)

    def reload(self) -> "Run":
        return read(self.path, afresh=True)

    def change(self, **values: Any) -> "Run":
        """Set keys of run.json; the only way in which a run changes its status."""
        changed = {**read(self.path, afresh=True).info, **values}
        write_atomically(self.path / "run.json", json.dumps(changed, indent=1).encode())
        return Run(self.path, changed)

    def lock(self) -> FileLock:
        """Held by the process that trains the run; the system frees it when that process dies."""
        return FileLock(self.path / ".lock")

    def requeue(self) -> "Run":
        """Put an ended run back into the queue; whoever takes it goes on from its last whole epoch."""
        (self.path / "stop").unlink(missing_ok=True)
        anew = {"queued_at": now(), "queue_key": time.time_ns(), "message": None, "cluster": None, "nodes": []}
        return self.change(status="queued", reason=None, **anew)

    def request_stop(self) -> None:
        """Ask whoever trains this run, or will, to stop; it answers within a second."""
        (self.path / "stop").touch()

    @property
    def stop_requested(self) -> bool:
        return (self.path / "stop").exists()


_seen: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}  # run.json → (its stamp, its content)


def read(path: Path, afresh: bool = False) -> Run:
    """The run in a folder; UserError if there is none, or if a newer version of the app wrote it.

    `afresh` opens the file even if its stamp has not changed: on a network file system stamps lag by seconds.
    """
    file = path / "run.json"
    try:
        stat = file.stat()
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if afresh or file not in _seen or _seen[file][0] != stamp:
            _seen[file] = (stamp, json.loads(file.read_bytes()))
        info = _seen[file][1]
    except (OSError, ValueError) as error:
        raise UserError(f"No readable run.json in {path}: {error}.") from error
    if info.get("schema_version") != SCHEMA_VERSION:
        raise UserError(
            f"{path.name} has schema version {info.get('schema_version')}, this app reads {SCHEMA_VERSION}: "
            "update the app to open it."
        )
    return Run(path, info)
