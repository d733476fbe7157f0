"""Starts the worker process, and starts another if it has died."""

import subprocess
import sys
import threading
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.runs import checkpoints_folder

ROOT = Path(__file__).resolve().parents[2]
_starting = threading.Lock()
_children: dict[Path, subprocess.Popen] = {}  # checkpoints folder → its worker, if we started it


def ensure_worker(folder: Path | str | None = None, data_folder: Path | str | None = None) -> None:
    """Start a worker for this checkpoints folder unless one lives. Cheap enough to be called at every view.

    The worker does not die with us: it sees its standard input close, and goes on until its queue is empty.
    """
    root = checkpoints_folder(folder).resolve()
    root.mkdir(parents=True, exist_ok=True)
    with _starting:
        child = _children.get(root)
        if (child and child.poll() is None) or not _lock_is_free(root / ".worker.lock"):
            return
        data = Path(data_folder).resolve() if data_folder else ""
        with (root / ".worker.log").open("ab") as log:
            _children[root] = subprocess.Popen(
                [sys.executable, "-m", "explorer.jobs.worker", root, data],
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
