"""Starts the processes that train queued runs, and replaces one that has died."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import disk_problem
from explorer.jobs.cluster import lock_name, setting, target
from explorer.jobs.worker import LOCK as WORKER_LOCK
from explorer.mode import is_demo
from explorer.runs import ACTIVE, checkpoints_folder, list_runs

ROOT = Path(__file__).resolve().parents[2]
# Ctrl-C for the server, or closing its window, must not end the worker: on Windows, which has no sessions.
OF_ITS_OWN = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_starting = threading.Lock()
_children: dict[Path, subprocess.Popen] = {}  # the lock that a process holds → the process, if we started it


def ensure_worker(folder: Path | str | None = None, data_folder: Path | str | None = None) -> None:
    """Start a worker for this checkpoints folder unless one is running, and a dispatcher for each cluster that has
    runs.

    Cheap enough to be called at every view; a public demo starts none. Neither dies with us: they see that their
    standard input has closed, and continue until their queue is empty.
    """
    if is_demo():
        return
    root = checkpoints_folder(folder).resolve()
    data = Path(data_folder).resolve() if data_folder else ""
    try:
        root.mkdir(parents=True, exist_ok=True)
        _ensure(root / WORKER_LOCK, "explorer.jobs.worker", root, data)
    except OSError as error:
        if disk_problem(error) is None:
            raise
        return  # a read-only folder: nobody can train in it
    default = setting(root)
    # By the name that all others list it under: another way to write it would be read, and kept, once more.
    sent = (target(run, default) for run in list_runs(folder) if run.status in ACTIVE)
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
                env=os.environ | {"PYTHONUTF8": "1"},  # so that its log can contain our letters, on Windows too
                start_new_session=True,
                creationflags=OF_ITS_OWN,
            )


def _lock_is_free(path: Path) -> bool:
    try:
        with FileLock(path).acquire(timeout=0):
            return True
    except Timeout:
        return False
