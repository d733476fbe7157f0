"""Stops a run within a second, even if one training step takes longer than that."""

import threading
from collections.abc import Callable

LOOK_EVERY_SECONDS = 0.1
PATIENCE_SECONDS = 0.7  # for the loop to notice the request itself, which it does between two steps


class StopMonitor:
    """While a run reads its data or trains: if it is to stop (`stops`) and a step takes too long, `end` the run and
    `leave` the process. Neither a step nor a read from a disk that does not respond can be interrupted.

    Weights change only at the end of a step in torch's kernels: `end` saves what the last complete step left.
    """

    def __init__(self, stops: Callable[[], bool], end: Callable[[], object], leave: Callable[[], None]) -> None:
        self._stops, self._end, self._leave = stops, end, leave
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stop-monitor", daemon=True)

    def __enter__(self) -> "StopMonitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_SECONDS):
            if self._stops():
                if not self._over.wait(PATIENCE_SECONDS):
                    self._end()
                    self._leave()
                return
