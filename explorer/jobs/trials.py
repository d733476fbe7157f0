"""Trials of a network's speed, requested by a page and made by the worker, each in a process with limited memory.

A page writes its question into a file of the checkpoints folder; the worker, which has imported everything, forks a
process that measures and writes the answer beside it.
"""

import json
import multiprocessing
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from uuid import uuid4

from explorer.data.processes import limit_memory
from explorer.errors import UserError
from explorer.jobs.processes import forks
from explorer.models.network import Network
from explorer.runs.folder import checkpoints_folder, write_atomically

FOLDER = ".trials"
READY = "ready"  # touched by the worker again and again
READY_SECONDS = 3.0  # between two touches
PATIENCE_SECONDS = 20.0  # for a page, with a worker that has others to answer
MOST_SECONDS = 15.0  # for one trial
OLD_SECONDS = 60.0  # seconds after which nobody waits for an answer any more
MEMORY = 6 * 2**30  # bytes that a trial may take
LOOK_SECONDS = 0.05


class NoWorker(Exception):
    """No worker is running, or none answers in time."""


@dataclass(frozen=True)
class Trial:
    """Training steps of a network, to be timed."""

    network: Network
    batch_size: int
    device: str
    precision: str  # torch's name of it, such as "bfloat16"
    threads: int  # of the CPU

    @property
    def question(self) -> dict[str, Any]:
        """The trial as JSON, for `measured`."""
        return {**vars(self.network), **{name: value for name, value in vars(self).items() if name != "network"}}


def ask(trial: Trial) -> float | None:
    """Images a second, forward and backward; None if the trial needs too much memory or time. Raises NoWorker if none
    is ready, so that a page that opens before the worker does not wait for it."""
    root = checkpoints_folder(None) / FOLDER
    question = root / f"{uuid4().hex}.ask"
    answer = question.with_suffix(".json")
    try:
        if time.time() - (root / READY).stat().st_mtime > 5 * READY_SECONDS:
            raise NoWorker
        write_atomically(question, json.dumps(trial.question).encode())
    except OSError as error:  # no worker was ever here, or the folder is read-only
        raise NoWorker from error
    give_up = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < give_up:
            if answer.is_file():
                return json.loads(answer.read_bytes())
            time.sleep(LOOK_SECONDS)
        raise NoWorker
    finally:
        question.unlink(missing_ok=True)
        answer.unlink(missing_ok=True)


class Trials:
    """The worker's side: one trial after the other."""

    def __init__(self, checkpoints: Path) -> None:
        self._folder = checkpoints / FOLDER
        self._context = multiprocessing.get_context("fork") if forks() else multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._question, self._ends, self._touch_at = Path(), 0.0, 0.0

    def serve(self) -> None:
        """End the trial that is over, and begin the next that somebody waits for. Costs nothing if there is none."""
        if time.monotonic() > self._touch_at:
            self._touch_at = time.monotonic() + READY_SECONDS
            with suppress(OSError):
                self._folder.mkdir(exist_ok=True)
                (self._folder / READY).touch()
        if self._process:
            if self._process.is_alive() and time.monotonic() < self._ends:
                return
            self._process.kill()
            self._process.join()
            self._process = None
            with suppress(OSError):
                if self._question.is_file() and not self._question.with_suffix(".json").is_file():
                    write_atomically(self._question.with_suffix(".json"), b"null")
                self._question.unlink(missing_ok=True)
        if question := self._next():
            self._question, self._ends = question, time.monotonic() + MOST_SECONDS
            self._process = self._context.Process(target=_answer, args=(question,), daemon=True, name="trial")
            self._process.start()

    def _next(self) -> Path | None:
        """The oldest question; removes questions that nobody waits for any more."""
        waiting: list[tuple[float, Path]] = []
        for file in self._folder.glob("*.*"):
            with suppress(OSError):  # answered or withdrawn meanwhile
                written = file.stat().st_mtime
                if time.time() - written > OLD_SECONDS:
                    file.unlink()
                elif file.suffix == ".ask" and not file.with_suffix(".json").is_file():
                    waiting.append((written, file))
        return min(waiting)[1] if waiting else None


def _answer(question: Path) -> None:
    """The process of one trial."""
    wanted = json.loads(question.read_bytes())
    if wanted["device"] == "cpu":  # the driver of a GPU reserves more addresses than there is memory
        limit_memory(_addresses() + MEMORY)
    write_atomically(question.with_suffix(".json"), json.dumps(measured(wanted)).encode())


def measured(wanted: dict[str, Any]) -> float | None:
    """Images a second for a question; None if it needs too much memory."""
    import torch

    from explorer.training.mixed import threads
    from explorer.training.speed import images_per_second

    options = tuple((name, tuple(v) if isinstance(v, list) else v) for name, v in wanted["options"])
    network = Network(wanted["model"], options, wanted["channels"], wanted["classes"], wanted["size"])
    precision = getattr(torch, wanted["precision"])
    try:
        with threads(wanted["threads"]):
            return images_per_second(
                network.build(), network.channels, network.size, wanted["batch_size"], wanted["device"], precision
            )
    except (MemoryError, RuntimeError, UserError):  # torch has no exception of its own for a CPU without memory
        return None


def _addresses() -> int:
    """Bytes of address space that this process uses."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
