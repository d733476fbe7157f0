"""The worker process, which is kept warm: it gives queued runs to the processes of a pool, as many at once as there is
room for.

Started by `supervisor.ensure_worker` as `python -m explorer.jobs.worker CHECKPOINTS DATA`.
"""

import gc
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from explorer.errors import UserError

if TYPE_CHECKING:
    from explorer.data.dataset import Dataset, Progress
    from explorer.jobs.pool import Pool
    from explorer.runs import Run

POLL_SECONDS = 0.1
RESTS, REST_AT_MOST = 50, 1.0  # between two looks at the queue: times as long as the last one took, and seconds
LOCK = ".worker.lock"
SECONDS_BETWEEN_LOOKS = 5.0  # for runs of the command line whose process has died
SECONDS_TO_BEGIN = 30.0  # a process of the command line writes "running" before it holds the lock
CACHED_DATASETS = 2
FIRST = "digits"  # the data set that most people start with, loaded before the first click


def main(checkpoints: Path, data_folder: str | None) -> None:
    """Serve the queue until it is empty and the process that started this one has gone (standard input has closed)."""
    lock = FileLock(checkpoints / LOCK)
    try:
        lock.acquire(timeout=1)  # another process may be testing the lock
    except Timeout:
        return  # a worker is running already
    # Slow imports, done before the first click. Inside the lock, so that only one worker does them.
    import torch

    from explorer.jobs.capacity import workers
    from explorer.jobs.pool import Pool
    from explorer.jobs.trials import Trials
    from explorer.runs.folder import remove_partials
    from explorer.runs.trash import purge

    loader = CachedLoader()
    pool, trials = Pool(workers(), data_folder, loader), Trials(checkpoints)
    torch.set_num_threads(1)  # see pool.py
    loader(FIRST, data_folder)
    gc.freeze()  # shared with the pool's processes: their garbage collection must not copy it
    orphaned = without_input()
    mark_orphans_failed(checkpoints)
    remove_partials(checkpoints)
    for sentence in purge(checkpoints):
        print(sentence, file=sys.stderr)
    look_at, queue, idle = 0.0, QueueWatch(checkpoints), True
    while checkpoints.is_dir():
        if queue.is_due():
            with queue.looking():
                idle = not hand_out(checkpoints, pool)
        if idle and orphaned.is_set():
            return
        trials.serve()
        for run in pool.wait(POLL_SECONDS):
            mark_failed_if_orphan(run)
            queue.look_now()
        if time.monotonic() > look_at:
            look_at = time.monotonic() + SECONDS_BETWEEN_LOOKS
            mark_orphans_failed(checkpoints, SECONDS_TO_BEGIN)


class QueueWatch:
    """When to check for queued runs: as soon as a folder has appeared or vanished, or a run has ended; else less often
    the more runs there are, because ten checks of thousands of runs a second would slow down those that train."""

    def __init__(self, checkpoints: Path) -> None:
        self._checkpoints, self._stamp, self._due_at = checkpoints, 0, 0.0

    def is_due(self) -> bool:
        """Whether it is time for the next check."""
        return time.monotonic() >= self._due_at or self._changed() != self._stamp

    @contextmanager
    def looking(self) -> Generator[None]:
        """Wraps a check, whose duration determines when the next is due."""
        self._stamp, began = self._changed(), time.monotonic()
        yield
        took = time.monotonic() - began
        self._due_at = began + took + min(RESTS * took, REST_AT_MOST)

    def look_now(self) -> None:
        """Check next time: there may be room for another run, or a run that others wait for has ended."""
        self._due_at = 0.0

    def _changed(self) -> int:
        try:
            return self._checkpoints.stat().st_mtime_ns
        except OSError:
            return 0


def hand_out(checkpoints: Path, pool: "Pool") -> bool:
    """Start queued runs while there is room; returns whether anything trains or waits."""
    from explorer.jobs.cluster import setting, target
    from explorer.jobs.queue import waiting

    default, started = setting(checkpoints), {run.id for run in pool.runs}
    queue = [run for run in waiting(checkpoints) if run.id not in started and target(run, default) is None]
    for run in queue:
        if not pool.has_room:
            break
        pool.start(run)
    return bool(queue or started)


def without_input() -> threading.Event:
    """Set once standard input has closed: the process that started this one has gone."""
    gone = threading.Event()

    def watch() -> None:
        while os.read(0, 1024):  # not through sys.stdin, whose lock a forked process would inherit
            pass
        gone.set()

    threading.Thread(target=watch, daemon=True).start()
    return gone


def mark_orphans_failed(checkpoints: Path, unchanged_for: float = 0.0) -> None:
    """Mark runs as failed that are "running" although nobody holds their lock: the process that trained them has died.
    Only those whose run.json has not changed for this many seconds."""
    from explorer.runs import list_runs

    for run in list_runs(checkpoints):
        if run.status == "running" and not run.record.cluster:  # the dispatcher handles those
            with suppress(OSError):  # deleted meanwhile, or in a read-only folder
                # If the clock has gone back, the time of the change is in the future.
                if abs(time.time() - (run.path / "run.json").stat().st_mtime) >= unchanged_for:
                    mark_failed_if_orphan(run)


def mark_failed_if_orphan(run: "Run") -> None:
    """Mark a run as failed that is "running" although nobody holds its lock."""
    from explorer.runs.folder import now

    with suppress(Timeout, UserError), run.lock().acquire(timeout=0):  # one that is alive came from a command line
        if run.reload().status == "running":
            reason = "The training process ended unexpectedly: resume the run to continue from its last epoch."
            run.change(status="failed", reason=reason, finished_at=now())


class CachedLoader:
    """`explorer.data.load` with a cache of the last few data sets; folders of a visitor's own are read again, because
    they may have changed."""

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
        """Like `explorer.data.load`, which explains the arguments."""
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
