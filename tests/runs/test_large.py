"""A large model is written now and then; dying at any write, its run goes on to the same history and weights."""

import itertools
import threading

import pytest
import torch

from explorer.jobs.train_run import train_run
from explorer.runs import (
    RunConfig,
    create,
    epochs,
    find,
    folder as folder_module,
    history as history_module,
    lines as lines_module,
    load_model,
    recorder as recorder_module,
    saved_epochs,
    weights as weights_module,
)
from explorer.runs.epochs_file import best_of, epoch_rows
from explorer.runs.record import BestEpoch
from explorer.runs.weights import read_state, save_weights
from explorer.runs.write_budget import SHARE, WriteBudget
from explorer.training import TrainConfig
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd
from tests.resumed import equal_weights, history

TRAINING = TrainConfig(epochs=6, batch_size=48, learning_rate=0.01, augment=True, device="cpu")
CONFIG = RunConfig("tiny", "mlp", {"widths": (8,), "dropout": 0.2}, TRAINING, image_size=8)


class Killed(BaseException):
    """Stands for kill -9: nothing of the run's own comes after it."""


class EveryThird:
    """A budget that needs no clock."""

    def __init__(self):
        self.turn = itertools.count()

    @property
    def due(self):
        return next(self.turn) % 3 == 0

    writing = WriteBudget.writing


@pytest.fixture
def large(monkeypatch):
    monkeypatch.setattr(recorder_module, "EVERY_EPOCH_BELOW", 0)
    monkeypatch.setattr(recorder_module, "WriteBudget", EveryThird)


def story(run):
    return *history(run), find(run.id).record.best


def test_the_state_is_written_now_and_then_and_at_the_end(checkpoints, large, monkeypatch, loader):
    written = []
    monkeypatch.setattr(recorder_module, "save_state", lambda *arguments: written.append(arguments[-1]))
    run = train_run(create(CONFIG), loader=loader)
    assert written == [1, 4, 6]
    assert saved_epochs(run) == []


def test_best_is_the_best_epoch_though_it_was_written_later(checkpoints, tiny, large, loader):
    run = train_run(create(CONFIG), loader=loader)
    model = load_model(run.id, "best")
    assert evaluate(model, tiny.validation).accuracy == pytest.approx(run.best_validation_accuracy)
    assert evaluate(model, tiny.validation).loss == pytest.approx(run.record.best.validation_loss, rel=1e-5)


def test_patience_and_a_stop_leave_the_best_weights(checkpoints, tiny, large, loader):
    training = TrainConfig(epochs=50, batch_size=96, learning_rate=1e-8, patience=4, schedule="constant", device="cpu")
    patient = train_run(create(RunConfig("tiny", "mlp", {"widths": (8,)}, training, image_size=8)), loader=loader)
    assert (patient.status, patient.epochs_done) == ("finished", 5)

    run = create(CONFIG)
    stopped = train_run(
        run, on_event=lambda event: getattr(event, "epoch", 0) == 3 and run.request_stop(), loader=loader
    )
    assert stopped.status == "stopped"
    load_model(run.id, "best")
    load_model(run.id, "last")


class OnlyOnce(EveryThird):
    """Due at the first epoch, and then no more."""

    @property
    def due(self):
        return next(self.turn) == 0


def until(epoch, run, loader):
    """Stopped when this epoch has ended."""
    return train_run(
        run,
        loader=loader,
        on_event=lambda event: isinstance(event, EpochEnd) and event.epoch == epoch and run.request_stop(),
    )


def test_a_stop_between_two_writes_loses_no_epoch(checkpoints, tiny, large, monkeypatch, loader):
    def assert_best_is_what_lies_there(run):
        assert run.record.best == best_of(epoch_rows(run))
        assert evaluate(load_model(run.id, "best"), tiny.validation).accuracy == pytest.approx(
            run.best_validation_accuracy
        )

    whole = train_run(create(CONFIG), loader=loader)
    monkeypatch.setattr(recorder_module, "WriteBudget", OnlyOnce)
    run = create(CONFIG)
    for epoch in (3, 5):
        stopped = until(epoch, run, loader)
        assert (stopped.status, stopped.epochs_done, read_state(stopped)[0]) == ("stopped", epoch, epoch)
        assert_best_is_what_lies_there(stopped)
        stopped.requeue()
    finished = train_run(run, loader=loader)
    assert (finished.status, story(finished)) == ("finished", story(whole))
    assert equal_weights(run, whole)


def test_a_stop_from_the_keyboard_loses_no_epoch(checkpoints, large, monkeypatch, loader):
    def press(event):
        if isinstance(event, EpochEnd) and event.epoch == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(recorder_module, "WriteBudget", OnlyOnce)
    run = create(CONFIG)
    with pytest.raises(KeyboardInterrupt):
        train_run(run, loader=loader, on_event=press)
    assert (find(run.id).status, find(run.id).reason) == ("stopped", "Stopped from the keyboard.")
    assert read_state(run)[0] == 3


def test_best_names_the_weights_that_lie_there_though_the_state_is_older(checkpoints, large, loader):
    """As a death between the two leaves it: the history is cut to the state, the best weights are of a later epoch."""
    run = create(CONFIG)
    until(2, run, loader)
    state = (run.path / "state" / "state.safetensors").read_bytes()
    metrics = {"epoch": 4, "validation_accuracy": 1.0, "validation_loss": 0.0}  # no epoch can be better
    save_weights(run, load_model(run.id, "last").state_dict(), "best", metrics=metrics)
    (run.path / "state" / "state.safetensors").write_bytes(state)
    find(run.id).requeue()
    assert until(3, run, loader).record.best == BestEpoch(**metrics)


def test_a_stop_monitor_waits_for_a_write_and_no_thread_for_itself(checkpoints, large, monkeypatch, loader):
    """The watch ends the run while the training's thread writes; and that thread may end it from within."""
    order, watches, real = [], [], recorder_module.Recorder._keep_best

    def slowly(recorder):
        if not order:
            order.append("writing")
            watches.append(threading.Thread(target=lambda: (recorder.ended("stopped", ""), order.append("watch"))))
            watches[0].start()
            watches[0].join(0.2)
            recorder.ended("stopped", "from within")
            order.append("written")
        real(recorder)

    monkeypatch.setattr(recorder_module.Recorder, "_keep_best", slowly)
    train_run(create(CONFIG), loader=loader)
    watches[0].join(10)
    assert order == ["writing", "written", "watch"]


def test_a_death_at_any_write_changes_nothing(checkpoints, tiny, large, monkeypatch, loader):
    whole = train_run(create(CONFIG), loader=loader)
    real_write, real_append = folder_module.write_atomically, lines_module.append
    left = [None]  # writes until death

    def mortal(real):
        def write(path, *content):
            if left[0] == 0:
                raise Killed
            if left[0] is not None:
                left[0] -= 1
            real(path, *content)

        return write

    for module in (folder_module, history_module, lines_module, weights_module):
        monkeypatch.setattr(module, "write_atomically", mortal(real_write))
    monkeypatch.setattr(recorder_module, "append", mortal(real_append))
    monkeypatch.setattr(folder_module.Run, "lock", lambda run: Freed())
    run, lives = create(CONFIG), 0
    for life in itertools.count(4):  # the first lives end before anything, the last reaches the end
        left[0] = life
        try:
            ended = train_run(find(run.id), loader=loader)
            break
        except Killed:
            lives += 1
            left[0] = None
            find(run.id).requeue()
            assert story_is_readable(run)
    assert ended.status == "finished"
    assert lives > 10
    assert story(run) == story(whole)
    for kept in ("best", "last"):
        first, second = load_model(whole.id, kept).state_dict(), load_model(run.id, kept).state_dict()
        assert all(torch.equal(first[name], second[name]) for name in first)


class Freed:
    """In place of the run's lock, which a real death frees."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def story_is_readable(run) -> bool:
    found = find(run.id)
    if (found.path / "weights" / "best.safetensors").exists():
        load_model(run.id, "best")
    return len(epochs([run.id])) <= TRAINING.epochs


def test_writing_takes_its_share_and_no_more(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    budget = WriteBudget()
    assert budget.due
    with budget.writing():
        clock[0] += 2
    waits = 2 * (1 - SHARE) / SHARE
    clock[0] += waits - 0.01
    assert not budget.due
    clock[0] += 0.02
    assert budget.due
