"""A trial of speed: asked for through the checkpoints folder, answered by whoever looks there, forgotten in time."""

import json
import os
import threading
import time

import pytest

from explorer.jobs import trials
from explorer.jobs.trials import FOLDER, MEMORY, OLD_SECONDS, READY, NoWorker, Trial, Trials, ask, measured
from explorer.models.network import Network

TRIAL = Trial(Network("mlp", (("widths", (16, 8)),), 1, 10, 8), 16, "cpu", "float32", 1)


@pytest.fixture(autouse=True)
def ready(monkeypatch, checkpoints):
    """A worker seems to be there."""
    (checkpoints / FOLDER).mkdir()
    (checkpoints / FOLDER / READY).touch()
    monkeypatch.setattr(trials, "PATIENCE_SECONDS", 0.2)


def test_a_question_is_answered_as_it_was_asked(checkpoints, monkeypatch):
    monkeypatch.setattr(trials, "PATIENCE_SECONDS", 30.0)
    heard = []

    def answer() -> None:
        while not (asked := list((checkpoints / FOLDER).glob("*.ask"))):
            time.sleep(0.01)
        heard.append(json.loads(asked[0].read_bytes()))
        trials._answer(asked[0])

    monkeypatch.setattr(trials, "limit_memory", heard.append)
    thread = threading.Thread(target=answer)
    thread.start()
    assert ask(TRIAL) > 0
    thread.join()
    assert heard[0] == json.loads(json.dumps(TRIAL.question))
    assert heard[1] > MEMORY  # and what the process has already
    assert [file.name for file in (checkpoints / FOLDER).iterdir()] == [READY]


def test_what_nobody_answers_is_not_waited_for(checkpoints, monkeypatch):
    with pytest.raises(NoWorker):
        ask(TRIAL)
    assert [file.name for file in (checkpoints / FOLDER).iterdir()] == [READY]
    monkeypatch.setattr(trials, "PATIENCE_SECONDS", 600.0)
    os.utime(checkpoints / FOLDER / READY, (0, 0))  # a worker that is gone
    with pytest.raises(NoWorker):
        ask(TRIAL)
    (checkpoints / FOLDER / READY).unlink()  # or never came
    with pytest.raises(NoWorker):
        ask(TRIAL)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't allocate memory")])
def test_a_trial_without_memory_has_no_answer(error, monkeypatch):
    def fail(*_: object) -> None:
        raise error

    assert measured(TRIAL.question) > 0
    monkeypatch.setattr("explorer.training.speed.images_per_second", fail)
    assert measured(TRIAL.question) is None


def test_the_oldest_question_comes_first_and_what_is_left_is_removed(checkpoints):
    looking = Trials(checkpoints)
    assert looking._next() is None
    for name, age in (("b.ask", 1.0), ("a.ask", 3.0), ("c.ask", OLD_SECONDS + 1), ("d.json", OLD_SECONDS + 1)):
        file = checkpoints / FOLDER / name
        file.write_text("null")
        os.utime(file, (time.time() - age, time.time() - age))
    assert looking._next().name == "a.ask"
    assert {file.name for file in (checkpoints / FOLDER).iterdir()} == {"a.ask", "b.ask", READY}
    (checkpoints / FOLDER / "a.json").write_text("5")
    assert looking._next().name == "b.ask"
