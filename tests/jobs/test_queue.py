"""The order of the queue: people take turns, and each one's runs keep their order."""

import pytest

from explorer.errors import UserError
from explorer.jobs import queue_position, submit, submit_once
from explorer.jobs.capacity import WORKERS, workers
from explorer.jobs.queue import waiting
from explorer.runs import RunConfig, find
from explorer.training import TrainConfig

CONFIG = RunConfig("tiny", "mlp", {}, TrainConfig(epochs=1, device="cpu"))


def order() -> list[str]:
    return [run.record.session or "" for run in waiting()]


def begin(run, moment: str) -> None:
    run.change(status="running", started_at=f"2026-01-01T12:00:{moment}+00:00")


def test_people_take_turns_however_many_runs_one_of_them_queues(checkpoints):
    ada = [submit(CONFIG, session="ada") for _ in range(3)]
    assert order() == ["ada", "ada", "ada"]
    bob = submit(CONFIG, session="bob")
    assert order() == ["ada", "bob", "ada", "ada"]  # who asked first is first
    begin(ada[0], "01")
    assert order() == ["bob", "ada", "ada"]
    begin(bob, "02")
    submit(CONFIG, session="bob")
    assert order() == ["ada", "bob", "ada"]  # Ada's turn is longer ago
    assert [run.id for run in waiting() if run.record.session == "ada"] == [run.id for run in ada[1:]]
    submit(CONFIG, session="eve")
    assert order() == ["eve", "ada", "bob", "ada"]  # a newcomer does not wait for a round


def test_each_waiting_run_knows_its_place(checkpoints, monkeypatch):
    first, second, third = (submit(CONFIG) for _ in range(3))

    def places(at_once: int) -> list[int]:
        monkeypatch.setenv(WORKERS, str(at_once))
        return [queue_position(find(run.id)) for run in (first, second, third)]

    assert (places(1), places(2)) == ([0, 1, 2], [0, 0, 1])
    first.change(status="running")
    assert (places(1), places(2)) == ([0, 1, 2], [0, 0, 1])
    second.change(status="running")
    assert (places(2), places(3)) == ([0, 0, 1], [0, 0, 0])
    first.change(status="finished")
    assert (places(1), places(2)) == ([0, 0, 1], [0, 0, 0])


@pytest.mark.parametrize("given", ["0", "-1", "two", "1.5", "99999"])
def test_a_number_of_workers_that_is_none_is_refused(given, monkeypatch):
    monkeypatch.setenv(WORKERS, given)
    with pytest.raises(UserError, match=f"EXPLORER_WORKERS '{given}'"):
        workers()


def test_a_queue_without_room_says_so_and_takes_none(checkpoints, monkeypatch):
    seeded = [RunConfig("tiny", "mlp", {}, TrainConfig(epochs=1, device="cpu", seed=seed)) for seed in range(6)]
    monkeypatch.setattr("explorer.jobs.bounds.MOST_OF_ONE", 3)
    monkeypatch.setattr("explorer.jobs.bounds.MOST_WAITING", 4)
    submit_once(seeded[:2], session="ada")
    with pytest.raises(UserError, match=r"You have 2 runs in the queue, and 2 more .* the 3 .* choose fewer"):
        submit_once(seeded[2:4], session="ada")
    assert len(order()) == 2
    submit_once(seeded[:3], session="ada")  # two are there: they take no room
    with pytest.raises(UserError, match=r"3 runs wait in the queue, and 2 more .* choose fewer"):
        submit_once(seeded[3:5], session="bob")
    submit_once(seeded[3:4], session="bob")
    assert order() == ["ada", "bob", "ada", "ada"]
