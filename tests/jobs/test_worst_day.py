"""The worst day: create, train, stop, resume and die at any write, in any order; and what befalls a run in training."""

import itertools
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from explorer.errors import UserError
from explorer.jobs import train_run as training_module
from explorer.jobs.train_run import GPULost, train_run
from explorer.jobs.worker import SECONDS_TO_BEGIN, mark_orphans_failed
from explorer.runs import RunConfig, create, epochs, find, list_runs, load_model, steps
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.record import DatasetRecord, ImageCounts
from explorer.runs.recorder import Recorder
from explorer.runs.store import damaged_runs
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd, Started, Steps

from .mortal_disk import Killed, MortalDisk

MOST, STEPS_AN_EPOCH = 6, 2
CONFIG = RunConfig("tiny", "mlp", {"widths": (2,)}, TrainConfig(epochs=MOST, device="cpu"), image_size=8)
DATA = DatasetRecord("tiny", "f", ("no", "yes"), 1, 8, (0.5,), (0.5,), ImageCounts(6, 2, 2), "digit")


class Days(RuleBasedStateMachine):
    """One run of a network that learns nothing: its weights are the number of epochs it was trained."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setenv("EXPLORER_CHECKPOINTS", str(self.folder))
        self.patch.setenv("EXPLORER_SAMPLES", "off")
        self.disk = MortalDisk()
        self.disk.install(self.patch)
        self.kept = 0  # epochs of which the process that trained has been told that they are on the disk

    @initialize()
    def make(self) -> None:
        self.id = create(CONFIG).change(dataset=DATA).id
        self.kept = 0

    @rule(dies_at=st.none() | st.integers(0, 120), part=st.floats(0, 1), stops_after=st.none() | st.integers(1, 2))
    def train(self, dies_at: int | None, part: float, stops_after: int | None) -> None:
        if find(self.id).status == "finished":
            self.make()
        self.disk.left, self.disk.part = dies_at, part
        try:
            if find(self.id).status in ("failed", "stopped"):
                find(self.id).requeue()
            with find(self.id).lock():
                self._train(stops_after)
        except Killed:
            pass
        finally:
            self.disk.left = None
        mark_orphans_failed(self.folder)

    def _train(self, stops_after: int | None) -> None:
        run = find(self.id).change(status="running")
        model = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(model.weight)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        resumed = training_module._resume(run, model)
        begun = resumed.epoch if resumed else 0
        assert begun >= self.kept, "an epoch that had ended is lost"
        assert model.weight.item() == begun, "weights of another epoch"
        recorder = Recorder(run.reload(), model)
        recorder.event(Started("cpu", "CPU", "float32", False, 1, ("weight",), STEPS_AN_EPOCH))
        for epoch in range(begun + 1, MOST + 1):
            first = (epoch - 1) * STEPS_AN_EPOCH + 1
            ones = np.ones(STEPS_AN_EPOCH, np.float32)
            recorder.event(Steps(epoch, first, ones, ones, ones[:, None], {}))
            torch.nn.init.constant_(model.weight, epoch)
            recorder.event(
                EpochEnd(epoch, 1.0, 0.5, 1.0, epoch / 10, 0.5, None, 0.1, 1.0, 1.0, {}, 2, optimizer=optimizer)
            )
            self.kept = epoch
            if stops_after and epoch == begun + stops_after:
                recorder.ended("stopped", "Stopped on request.")
                return
        recorder.run.change(status="finished")

    @invariant()
    def nothing_is_lost_and_all_is_readable(self) -> None:
        if not hasattr(self, "id"):
            return
        run = find(self.id)
        assert not damaged_runs()
        assert run.status in ("queued", "failed", "stopped", "finished")
        assert run.status != "failed" or "resume" in run.reason
        rows = [row["epoch"] for row in epoch_rows(run)]
        assert rows == [*range(1, len(rows) + 1)]
        assert {*range(1, self.kept + 1)} <= {*rows}
        assert len(epochs([run.id])) == len(rows)
        assert set(steps(run.id).step) >= {*range(1, self.kept * STEPS_AN_EPOCH + 1)}
        if run.status == "finished":
            assert rows == [*range(1, MOST + 1)]
            assert list(steps(run.id).step) == [*range(1, MOST * STEPS_AN_EPOCH + 1)]
            assert run.record.best.epoch == MOST

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.folder)


TestDays = Days.TestCase
TestDays.settings = settings(max_examples=20, stateful_step_count=10)

TINY = RunConfig("tiny", "simple_cnn", {"depth": 2}, TrainConfig(epochs=3, batch_size=48, device="cpu"), image_size=8)


def after_the_first_epoch(do):
    """What `train_run` calls with each event: once, `do`."""
    count = itertools.count()
    return lambda event: do() if isinstance(event, EpochEnd) and next(count) == 0 else None


def test_a_gpu_that_vanishes_is_a_sentence_and_costs_no_epoch(checkpoints, tiny):
    def vanish() -> None:
        raise torch.AcceleratorError("CUDA error: unspecified launch failure\nCUDA kernel errors might be …")

    run = create(TINY)
    with pytest.raises(GPULost):  # whoever trains the next run does so in another process
        train_run(run, on_event=after_the_first_epoch(vanish), loader=lambda *_, **__: tiny)
    run = find(run.id)
    assert (run.status, run.epochs_done) == ("failed", 1)
    assert run.reason.startswith("The GPU stopped with an error (CUDA error: unspecified launch failure): see whether")
    ended = train_run(run.requeue(), loader=lambda *_, **__: tiny)
    assert ended.status == "finished"
    assert list(epochs([run.id]).epoch) == [1, 2, 3]


@pytest.mark.parametrize("left", [[], ["weights"]], ids=["whole", "half"])
def test_a_run_that_is_deleted_while_it_trains_is_a_sentence(checkpoints, tiny, left):
    def delete() -> None:
        for path in run.path.iterdir():
            if path.name not in left:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not left:
            run.path.rmdir()

    run, other = create(TINY), create(TINY)
    with pytest.raises(UserError, match=f"folder of {run.id} was removed while the run trained"):
        train_run(run, on_event=after_the_first_epoch(delete), loader=lambda *_, **__: tiny)
    assert [run.id for run in list_runs()] == [other.id]
    assert not damaged_runs()


def test_data_that_vanish_cost_no_epoch(checkpoints, tiny):
    def gone(*_: object, **__: object):
        raise UserError("The folder /images does not exist.")

    def stop() -> None:
        run.request_stop()

    run = create(TINY)
    train_run(run, on_event=after_the_first_epoch(stop), loader=lambda *_, **__: tiny)
    failed = train_run(find(run.id).requeue(), loader=gone)
    assert (failed.status, failed.record.reason) == ("failed", "The folder /images does not exist.")
    assert failed.epochs_done == len(epochs([run.id])) == 1
    load_model(run.id, "best")
    assert train_run(failed.requeue(), loader=lambda *_, **__: tiny).status == "finished"


def test_a_clock_that_went_back_leaves_no_run_running(checkpoints):
    run = create(TINY, status="running")
    tomorrow = time.time() + 86_400
    os.utime(run.path / "run.json", (tomorrow, tomorrow))
    mark_orphans_failed(checkpoints, SECONDS_TO_BEGIN)
    assert find(run.id).status == "failed"
