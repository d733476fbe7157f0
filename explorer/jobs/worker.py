"""The worker process, kept warm: it takes one queued run after another.

Started by `supervisor.ensure_worker` as `python -m explorer.jobs.worker CHECKPOINTS DATA`.
"""

import os
import sys
import threading
import traceback
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from explorer.data.dataset import Dataset, Progress

POLL_SECONDS = 0.1
LOCK = ".worker.lock"
CACHED_DATASETS = 2


def main(checkpoints: Path, data_folder: str | None) -> None:
    """Serve the queue until it is empty and the process that started us is gone (our standard input has closed)."""
    lock = FileLock(checkpoints / LOCK)
    try:
        lock.acquire(timeout=1)  # somebody may be probing it
    except Timeout:
        return  # there is a worker already
    # Slow imports, paid before the first click. Behind the lock, so that one worker at a time pays them.
    from explorer.jobs.cluster import setting, target
    from explorer.jobs.queue import waiting
    from explorer.jobs.train_run import train_run, warm_up
    from explorer.runs.trash import purge

    warm_up()

    orphaned = without_input()
    mark_orphans_failed(checkpoints)
    for sentence in purge(checkpoints):
        print(sentence, file=sys.stderr)
    loader = CachedLoader()
    while checkpoints.is_dir():
        default = setting(checkpoints)
        queue = [run for run in waiting(checkpoints) if target(run, default) is None]
        if queue:
            try:
                train_run(queue[0], data_folder, loader=loader, leave=restart_worker)
            except Exception:  # noqa: BLE001  whatever fails in one run, the worker lives on for the next
                traceback.print_exc()  # the run says so, too
        elif orphaned.wait(POLL_SECONDS):
            return


def without_input() -> threading.Event:
    """Set once our standard input has closed: the process that started us is gone."""
    gone = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), gone.set()), daemon=True).start()
    return gone


def restart_worker() -> None:
    """Replace this process by a fresh worker with the same arguments and standard input."""
    os.execv(sys.executable, [sys.executable, "-m", "explorer.jobs.worker", *sys.argv[1:]])


def mark_orphans_failed(checkpoints: Path) -> None:
    """Runs that say they are running though nobody holds their lock: the process that trained them has died."""
    from explorer.runs import list_runs
    from explorer.runs.folder import now

    for run in list_runs(checkpoints):
        if run.status == "running" and not run.record.cluster:  # of those, the dispatcher knows
            try:
                with run.lock().acquire(timeout=0):
                    reason = "The training process ended unexpectedly: resume the run to continue from its last epoch."
                    run.change(status="failed", reason=reason, finished_at=now())
            except Timeout:
                continue  # it is alive, started from a command line


class CachedLoader:
    """`explorer.data.load` that keeps the last few data sets; own folders are read anew, they may have changed."""

    def __init__(self) -> None:
        self._kept: OrderedDict = OrderedDict()

    def __call__(
        self,
        name: str,
        folder: Path | str | None = None,
        image_size: int = 32,
        progress: "Progress | None" = None,
        skip_damaged: bool = False,
    ) -> "Dataset":
        """As `explorer.data.load`, which says what the arguments are."""
        from explorer.data import is_folder, load

        if is_folder(name):
            return load(name, folder, image_size, progress, skip_damaged)
        if name not in self._kept:
            self._kept[name] = load(name, folder, image_size, progress)
            if len(self._kept) > CACHED_DATASETS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return self._kept[name]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] or None)
