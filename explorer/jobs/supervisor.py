"""Starts the processes that train queued runs, and starts another where one has died."""

import subprocess
import sys
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.jobs.cluster import lock_name, setting, target
from explorer.jobs.worker import LOCK as WORKER_LOCK
from explorer.runs import ACTIVE, checkpoints_folder, list_runs

ROOT = Path(__file__).resolve().parents[2]
_starting = threading.Lock()
_children: dict[Path, subprocess.Popen] = {}  # the lock that a process holds → the process, if we started it


def ensure_worker(folder: Path | str | None = None, data_folder: Path | str | None = None) -> None:
    """Start a worker for this checkpoints folder unless one lives, and a dispatcher for each cluster that has runs.

    Cheap enough to be called at every view. Neither dies with us: it sees its standard input close, and goes on
    until its queue is empty.
    """
    root = checkpoints_folder(folder).resolve()
    root.mkdir(parents=True, exist_ok=True)
    data = Path(data_folder).resolve() if data_folder else ""
    _ensure(root / WORKER_LOCK, "explorer.jobs.worker", root, data)
    default = setting(root)
    sent = (target(run, default) for run in list_runs(root) if run.status in ACTIVE)
    for address in {cluster.address for cluster in sent if cluster}:
        _ensure(root / lock_name(address), "explorer.jobs.dispatcher", root, data, address)


def _ensure(lock: Path, module: str, *arguments: Path | str) -> None:
    """Start a process that holds this lock, unless there is one."""
    with _starting:
        child = _children.get(lock)
        if (child and child.poll() is None) or not _lock_is_free(lock):
            return
        with (lock.parent / ".worker.log").open("ab") as log:
            _children[lock] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def _lock_is_free(path: Path) -> bool:
    try:
        with FileLock(path).acquire(timeout=0):
            return True
    except Timeout:
        return False
