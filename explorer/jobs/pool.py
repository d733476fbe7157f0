"""Processes that train runs side by side: small ones with one thread each, a large one with all cores to itself.

Each process is reused for the next run. On Linux they are forked from a process that has imported everything, so that
one more costs almost nothing; elsewhere they start from scratch. The creator of a pool sets torch to one thread before
it computes anything: processes forked from one whose threads have worked could not use theirs.
"""

import multiprocessing
import os
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch

from explorer.data import Dataset
from explorer.jobs.capacity import memory_budget
from explorer.jobs.demand import Demand
from explorer.jobs.processes import forks
from explorer.jobs.train_run import GPULost, train_run
from explorer.runs import Run
from explorer.runs.folder import read

GO = "go"  # the answer to a demand
LOOK_SECONDS = 0.1
Loader = Callable[..., Dataset]


@dataclass
class Trainer:
    """A process, and the run that it trains."""

    process: BaseProcess
    connection: Connection
    run: Run | None = None
    demand: Demand | None = None  # known once its images and its network are loaded
    training: bool = False  # with its demand; before that it loads, or waits


class Pool:
    """At most `size` threads train at once, in as many processes, within one budget of memory. A single run may exceed
    the budget and have more threads."""

    def __init__(self, size: int, data_folder: Path | str | None, loader: Loader) -> None:
        self.size, self._data, self._loader = size, data_folder, loader
        self._budget = memory_budget()
        self._trainers: list[Trainer] = []
        self._context = multiprocessing.get_context("fork") if forks() else multiprocessing.get_context("spawn")

    @property
    def runs(self) -> list[Run]:
        """The runs that were started and have not ended."""
        return [trainer.run for trainer in self._trainers if trainer.run]

    @property
    def has_room(self) -> bool:
        """Whether a core is free and no run waits for more of them: the first to come gets the first free ones."""
        return not self._waiting and self._cores_taken + self._loading < self.size

    @property
    def all_train(self) -> bool:
        """Whether each process trains, so that nothing is to be done until one has news."""
        return bool(self._trainers) and all(trainer.training for trainer in self._trainers)

    def start(self, run: Run) -> None:
        """Let a process load the run's images; it trains as soon as what it needs is free."""
        trainer = next((trainer for trainer in self._trainers if not trainer.run), None) or self._new_trainer()
        trainer.run = run
        try:
            trainer.connection.send(run.path)
        except OSError:  # it died while idle
            self._remove(trainer)
            self.start(run)

    def wait(self, seconds: float) -> list[Run]:
        """Wait for news from the processes, at most this long; returns the runs whose process has died."""
        lost = []
        if not self._trainers:
            time.sleep(seconds)
        for ready in wait([trainer.connection for trainer in self._trainers], seconds):
            trainer = next(each for each in self._trainers if each.connection is ready)
            try:
                trainer.demand = trainer.connection.recv()
            except (EOFError, OSError):
                self._remove(trainer)
                lost += [trainer.run] if trainer.run else []
                continue
            if trainer.demand is None:  # its run has ended
                trainer.run, trainer.training = None, False
        while self._waiting and self._fits(self._waiting[0]):
            first = self._waiting[0]
            first.training = True
            with suppress(OSError):  # if it is dead, the pool is told
                first.connection.send(GO)
        return lost

    def close(self) -> None:
        """End the idle processes."""
        for trainer in [trainer for trainer in self._trainers if not trainer.run]:
            trainer.process.kill()  # closing the connection is not enough: later processes have a copy of it
            self._remove(trainer)

    @property
    def _waiting(self) -> list[Trainer]:
        return [trainer for trainer in self._trainers if trainer.demand and not trainer.training]

    @property
    def _demands(self) -> list[Demand]:
        """The demands of all runs in training."""
        return [trainer.demand for trainer in self._trainers if trainer.training and trainer.demand]

    @property
    def _cores_taken(self) -> int:
        return sum(demand.threads for demand in self._demands)

    @property
    def _loading(self) -> int:
        return sum(bool(trainer.run and not trainer.demand) for trainer in self._trainers)

    def _fits(self, trainer: Trainer) -> bool:
        demand, others = trainer.demand, self._demands
        if demand is None or not others:
            return True
        if demand.gpu and any(other.gpu for other in others):
            return False  # one at a time: whether more would be faster has not been measured
        memory = demand.memory + sum(other.memory for other in others)
        return self._cores_taken + demand.threads <= self.size and memory <= self._budget

    def _new_trainer(self) -> Trainer:
        ours, its = self._context.Pipe()
        process = self._context.Process(target=serve, args=(its, self._data, self._loader), daemon=True, name="trainer")
        process.start()
        its.close()
        self._trainers.append(Trainer(process, ours))
        return self._trainers[-1]

    def _remove(self, trainer: Trainer) -> None:
        trainer.connection.close()
        trainer.process.join()
        self._trainers.remove(trainer)


def serve(connection: Connection, data_folder: Path | str | None, loader: Loader) -> None:
    """The process: train one run after another, until its creator has gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)  # until a run says how many
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            path = connection.recv()
            if path == GO:
                continue  # the answer for a run that was stopped while it waited
            try:
                train_run(read(path), data_folder, loader=loader, admit=Admission(connection))
            except GPULost:
                return  # so that another process can use it
            except Exception:  # noqa: BLE001  whatever fails in one run, the process lives on for the next
                traceback.print_exc()  # the run records it, too
            connection.send(None)


class Admission:
    """Waits until the pool has what a run needs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self, run: Run, demand: Demand) -> bool:
        """Whether the run may train now; False if it was asked to stop meanwhile."""
        self._connection.send(demand)
        if not self._connection.poll(LOOK_SECONDS):
            run.change(message="Waiting for the runs in training: it needs more cores or memory than are free.")
        while not self._connection.poll(LOOK_SECONDS):
            if run.stop_requested:
                return False
        self._connection.recv()
        return True


def _end_with_parent() -> None:
    """Called when the parent process has gone, perhaps killed: another one takes over and continues our run from its
    last epoch."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)
