"""steps.jsonl as arrays. Each read continues where the last one stopped, so a refresh costs only what is new.

A run's file only grows, one line per step, until a resumed run cuts off what follows its last complete epoch.
"""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from explorer.data.regular_file import open_regular
from explorer.runs.lines import parsed
from explorer.runs.store import find

STEPS = "steps.jsonl"
NO_STEP = (KeyError, TypeError, ValueError, OverflowError)  # numpy's, for a line that is not a step
BLOCK_BYTES = 4 * 2**20  # bytes read at once: as objects, lines take fifteen times as much memory as in the file
KNOWN_FOR = 1.0  # seconds for which a stamp is trusted to show a change
LAST_BYTES = 256  # bytes of what was read: if they are unchanged, the file grew and was not rewritten


@dataclass(frozen=True)
class StepHistory:
    """What every recorded step of a run measured. Numbers that were not finite are NaN."""

    step: np.ndarray  # int64 (n,), 1-based
    epoch: np.ndarray  # int64 (n,), 1-based
    loss: np.ndarray  # float32 (n,), mean per image of the batch
    accuracy: np.ndarray  # float32 (n,), a fraction
    parameters: tuple[str, ...]
    norms: np.ndarray  # float32 (n, parameters), L2 norms of the gradients


@dataclass(frozen=True)
class WeightStats:
    """What was measured in addition at every 50th step: how large the weights are and how far they moved.

    L2 norms, float32 (n, parameters); the updates are what the optimizer really changed. NaN if not finite.
    """

    step: np.ndarray  # int64 (n,)
    epoch: np.ndarray  # int64 (n,)
    parameters: tuple[str, ...]
    gradients: np.ndarray
    weights: np.ndarray
    updates: np.ndarray


class GrowingArray:
    """Rows that are appended at a cost in proportion to their number; arrays that were returned earlier do not
    change."""

    def __init__(self, dtype: type) -> None:
        self._rows, self._length = np.empty(0, dtype), 0

    def extend(self, new: np.ndarray) -> None:
        """`new`: numbers, or rows of numbers."""
        needed = self._length + len(new)
        if needed > len(self._rows):
            grown = np.empty((max(needed, 2 * self._length), *new.shape[1:]), new.dtype)
            if self._length:
                grown[: self._length] = self.array
            self._rows = grown
        self._rows[self._length : needed] = new
        self._length = needed

    @property
    def array(self) -> np.ndarray:
        """All rows so far, read-only."""
        rows = self._rows[: self._length]
        rows.flags.writeable = False
        return rows


class StepsReader:
    """Reads one run's steps repeatedly; each time only what has been written since. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._one_at_a_time = threading.Lock()
        self._parameters: tuple[str, ...] = ()
        self._forget()

    def read(self, parameters: tuple[str, ...]) -> tuple[StepHistory, WeightStats]:
        """All complete lines so far; a last line that a dying process left half-written does not count.

        `parameters`: what the columns of the norms belong to, as run.json names them.
        """
        with self._one_at_a_time:
            if parameters != self._parameters:  # read before run.json named them, lines were not steps
                self._parameters = parameters
                self._forget()
            try:
                if not self._is_known():
                    with open_regular(self.path) as file:
                        self._read_on(file)
            except OSError:
                self._forget()
            return self._steps(parameters), self._weight_stats(parameters)

    def _is_known(self) -> bool:
        """Whether the file still has the stamp that it had when it was read a moment ago: on a network file system
        stamps lag by seconds. Raises OSError if it is gone."""
        found, moment = self.path.stat(), time.monotonic()
        stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        if stamp == self._stamp and moment < self._known_until:
            return True
        self._stamp, self._known_until = stamp, moment + KNOWN_FOR
        return False

    def _forget(self) -> None:
        self._offset, self._last = 0, b""
        self._stamp, self._known_until = (0, 0, 0), 0.0
        self._columns = {name: GrowingArray(np.int64) for name in ("step", "epoch", "weighed_step", "weighed_epoch")}
        floats = ("loss", "accuracy", "norms", "gradients", "weights", "updates")
        self._columns |= {name: GrowingArray(np.float32) for name in floats}

    def _read_on(self, file: BinaryIO) -> None:
        if not self._has_grown(file):
            self._forget()
        file.seek(self._offset)
        rest = b""
        while block := file.read(BLOCK_BYTES):
            whole, newline, rest = (rest + block).rpartition(b"\n")
            if newline:
                self._take(parsed(whole))
                self._offset += len(whole) + 1
                self._last = whole[-LAST_BYTES:] + newline

    def _has_grown(self, file: BinaryIO) -> bool:
        """Whether what was read is still in its place."""
        if os.fstat(file.fileno()).st_size < self._offset:
            return False
        file.seek(self._offset - len(self._last))
        return file.read(len(self._last)) == self._last

    def _take(self, rows: list[dict[str, Any]]) -> None:
        width = len(self._parameters)
        try:
            found = _columns(rows, width)
        except NO_STEP:
            found = _columns([row for row in rows if _is_step(row, width)], width)
        for name, column in found.items():
            if len(column):
                self._columns[name].extend(column)

    def _steps(self, parameters: tuple[str, ...]) -> StepHistory:
        step, epoch, loss, accuracy = (self._columns[name].array for name in ("step", "epoch", "loss", "accuracy"))
        return StepHistory(step, epoch, loss, accuracy, parameters, self._norms("norms", parameters))

    def _weight_stats(self, parameters: tuple[str, ...]) -> WeightStats:
        step, epoch = self._columns["weighed_step"].array, self._columns["weighed_epoch"].array
        norms = (self._norms(name, parameters) for name in ("gradients", "weights", "updates"))
        return WeightStats(step, epoch, parameters, *norms)

    def _norms(self, name: str, parameters: tuple[str, ...]) -> np.ndarray:
        rows = self._columns[name].array
        return rows if rows.ndim == 2 else rows.reshape(0, len(parameters))


def _columns(rows: list[dict[str, Any]], width: int) -> dict[str, np.ndarray]:
    """Column → its values in the rows; null is NaN. Raises one of NO_STEP if a row is not a step with `width` norms."""
    weighed = [row for row in rows if "update_norms" in row]
    return {
        "step": np.array([row["step"] for row in rows], np.int64),
        "epoch": np.array([row["epoch"] for row in rows], np.int64),
        "loss": np.array([row["loss"] for row in rows], np.float32),
        "accuracy": np.array([row["accuracy"] for row in rows], np.float32),
        "norms": _norms(rows, "gradient", width),
        "weighed_step": np.array([row["step"] for row in weighed], np.int64),
        "weighed_epoch": np.array([row["epoch"] for row in weighed], np.int64),
        "gradients": _norms(weighed, "gradient", width),
        "weights": _norms(weighed, "weight", width),
        "updates": _norms(weighed, "update", width),
    }


def _norms(rows: list[dict[str, Any]], of: str, width: int) -> np.ndarray:
    """float32 (rows, width)"""
    norms = np.array([row[f"{of}_norms"] for row in rows], np.float32)
    if rows and norms.shape != (len(rows), width):
        raise ValueError(f"{of} norms of shape {norms.shape}, not {(len(rows), width)}")
    return norms


def _is_step(row: dict[str, Any], width: int) -> bool:
    try:
        return all(_columns([row], width)[name].shape == (1,) for name in ("step", "epoch", "loss", "accuracy"))
    except NO_STEP:
        return False


def steps(run_id: str, folder: Path | str | None = None) -> StepHistory:
    """The recorded steps of a run so far; arrays of length 0 before the first."""
    return steps_and_weights(run_id, folder)[0]


def weight_stats(run_id: str, folder: Path | str | None = None) -> WeightStats:
    """The steps of a run at which its weights were measured; arrays of length 0 before the first."""
    return steps_and_weights(run_id, folder)[1]


def steps_and_weights(run_id: str, folder: Path | str | None = None) -> tuple[StepHistory, WeightStats]:
    """Both, by reading the file once."""
    run = find(run_id, folder)
    return StepsReader(run.path / STEPS).read(run.record.parameter_names)
