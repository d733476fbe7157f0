"""A training that finds the disk full in the middle of a write loses no finished epoch, and when resumed it has the
history and weights of never having been disturbed: at every third write. Of deaths: test_worst_day.py, test_kill.py."""

import random
from contextlib import suppress

import torch

from explorer.jobs.train_run import train_run
from explorer.jobs.worker import mark_orphans_failed
from explorer.runs import RunConfig, create, find, load_model, saved_epochs
from explorer.training import TrainConfig
from tests.resumed import assert_readable, history

from .mortal_disk import MortalDisk, full

CONFIG = RunConfig(
    "tiny", "mlp", {"widths": (6,), "dropout": 0.2}, TrainConfig(epochs=2, batch_size=48, device="cpu"), image_size=8
)


def learned(run) -> tuple:
    """What must be the same: measurements but for times, lines of the steps, weights of every epoch."""
    weights = {epoch: load_model(run.id, epoch).state_dict() for epoch in [*saved_epochs(run), "best", "last"]}
    values = {(epoch, name): tensor.tolist() for epoch, state in weights.items() for name, tensor in state.items()}
    return *history(run), values, find(run.id).record.test


def test_no_write_is_one_too_many(checkpoints, tiny, monkeypatch):
    def train(run):
        torch.manual_seed(0)
        return train_run(run, loader=lambda *_, **__: tiny)

    whole = train(create(CONFIG))
    disk = MortalDisk(full)
    disk.install(monkeypatch)
    train(create(CONFIG))
    writes, choose = disk.writes, random.Random(0)
    assert writes > 20
    for at in range(0, writes, 3):
        disk.left = None
        run = create(CONFIG)
        for left in (at, choose.randrange(writes)):  # and once more, while it is resumed
            done, disk.left = find(run.id).epochs_done, left
            with suppress(OSError):
                train(find(run.id))
            disk.left = None
            assert_readable(run)
            assert find(run.id).epochs_done >= done
            mark_orphans_failed(checkpoints)
            if find(run.id).status != "finished":
                assert find(run.id).status in ("queued", "failed")
                assert find(run.id).status == "queued" or find(run.id).reason.endswith(".")
                find(run.id).requeue()
        if find(run.id).status != "finished":
            train(find(run.id))
        assert find(run.id).status == "finished"
        assert learned(run) == learned(whole), at
