"""Keeps the promise that a stop takes a second, also where one training step takes longer than that."""

import threading
from collections.abc import Callable

from explorer.runs.recorder import Recorder

LOOK_EVERY_SECONDS = 0.1
PATIENCE_SECONDS = 0.7  # for the loop to notice the request itself, which it does between two steps


class StopMonitor:
    """While a model trains: if it is asked to stop and a step goes on and on, keep the weights and leave the process.

    A step in torch's kernels cannot be interrupted, but the weights change only at its end: what is saved from this
    thread is what the last whole step left.
    """

    def __init__(self, recorder: Recorder, reason: str, leave: Callable[[], None]) -> None:
        self._recorder, self._reason, self._leave = recorder, reason, leave
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
            if self._recorder.run.stop_requested:
                if not self._over.wait(PATIENCE_SECONDS):
                    self._recorder.ended("stopped", self._reason)
                    self._leave()
                return
