"""Who trains beside whom: cores, memory and GPU are never promised twice, and nobody overtakes who waits."""

from multiprocessing import Pipe

import pytest

from explorer.jobs.demand import Demand
from explorer.jobs.pool import GO, Pool, Trainer
from explorer.jobs.processes import forks
from explorer.runs import RunConfig, create

MEGABYTE = 2**20
SMALL = Demand(1, MEGABYTE, gpu=False)
LARGE = Demand(4, MEGABYTE, gpu=False)


class Played:
    """A pool whose processes are played by the test."""

    def __init__(self, size: int) -> None:
        self.pool = Pool(size, None, lambda *_: None)
        self.pool._budget = 10 * MEGABYTE
        self.pool._new_trainer = self._new_trainer
        self.theirs = []

    def _new_trainer(self) -> Trainer:
        ours, its = Pipe()
        self.pool._trainers.append(Trainer(_Process(), ours))
        self.theirs.append(its)
        return self.pool._trainers[-1]

    def start(self, demand: Demand | None) -> int:
        """Start a run that demands this; its number."""
        assert self.pool.has_room
        run = create(RunConfig("tiny", "mlp"))
        self.pool.start(run)
        number = next(n for n, trainer in enumerate(self.pool._trainers) if trainer.run == run)
        while self.theirs[number].recv() != run.path:
            pass
        if demand:
            self.theirs[number].send(demand)
            self.pool.wait(1)
        return number

    def trains(self, number: int) -> bool:
        return self.theirs[number].poll() and self.theirs[number].recv() == GO

    def end(self, number: int) -> None:
        self.theirs[number].send(None)
        self.pool.wait(1)


class _Process:
    def join(self) -> None: ...


def test_there_is_time_for_something_else_while_all_train(checkpoints):
    played = Played(2)
    assert not played.pool.all_train
    first = played.start(SMALL)
    second = played.start(None)
    assert not played.pool.all_train  # one loads
    played.theirs[second].send(SMALL)
    played.pool.wait(1)
    assert played.pool.all_train
    played.end(first)
    assert not played.pool.all_train


@pytest.mark.parametrize(
    ("system", "uses_gpu", "forked"), [("linux", 0, True), ("linux", 1, False), ("win32", 0, False)]
)
def test_a_process_that_uses_a_gpu_is_not_forked(monkeypatch, system, uses_gpu, forked):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("torch.cuda.is_initialized", lambda: bool(uses_gpu))
    assert forks() == forked


@pytest.fixture
def played(checkpoints):
    return Played(4)


def test_small_runs_train_side_by_side_as_many_as_there_are_cores(played):
    assert [played.trains(played.start(SMALL)) for _ in range(4)] == [True] * 4
    assert not played.pool.has_room
    played.end(2)
    assert played.pool.has_room
    assert played.start(None) == 2  # the process that has nothing to do takes it
    assert not played.pool.has_room  # what loads its images has a core, too


def test_a_large_run_waits_until_it_is_alone_and_nobody_overtakes_it(played):
    first, second = played.start(SMALL), played.start(SMALL)
    large = played.start(LARGE)
    assert not played.trains(large)
    assert not played.pool.has_room
    played.end(first)
    assert not played.pool.has_room
    played.end(second)
    assert played.trains(large)
    assert not played.pool.has_room
    played.end(large)
    assert played.trains(played.start(SMALL))


def test_a_run_that_needs_more_than_there_is_trains_alone(played):
    giant = played.start(Demand(64, 1000 * MEGABYTE, gpu=False))
    assert played.trains(giant)
    assert not played.pool.has_room


def test_memory_is_one_budget(played):
    half = Demand(1, 6 * MEGABYTE, gpu=False)
    first, second = played.start(half), played.start(half)
    assert (played.trains(first), played.trains(second)) == (True, False)
    played.end(first)
    assert played.trains(second)


def test_a_gpu_trains_one_at_a_time_beside_the_cpu(played):
    on_gpu = Demand(1, MEGABYTE, gpu=True)
    beside, first, second = played.start(SMALL), played.start(on_gpu), played.start(on_gpu)
    assert [played.trains(number) for number in (beside, first, second)] == [True, True, False]


def test_a_process_that_dies_frees_its_cores_and_names_its_run(played):
    number = played.start(LARGE)
    run = played.pool.runs[0]
    played.theirs[number].close()
    assert played.pool.wait(1) == [run]
    assert played.pool.has_room
    assert played.pool.runs == []
    played.theirs.pop(number)
    assert played.trains(played.start(LARGE))
