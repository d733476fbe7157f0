"""kill -9 at any moment, of the worker or of the process that trains for it, leaves a run readable and resumable, and
resuming gives the history of never having died."""

import multiprocessing
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.jobs import submit
from explorer.jobs.worker import main, mark_orphans_failed
from explorer.runs import RunConfig, create, epochs, find, steps
from explorer.runs.epochs_file import epoch_rows
from explorer.training import TrainConfig
from tests.resumed import assert_readable, equal_weights, history

SMALL = RunConfig(
    "digits",
    "simple_cnn",
    {"depth": 2, "dropout": 0.2},
    TrainConfig(epochs=40, batch_size=64, augment=True, device="cpu"),
)
# Above five million parameters the weights of an epoch are not kept, and the state is written now and then.
LARGE = RunConfig(
    "digits",
    "mlp",
    {"widths": (1800, 1800), "dropout": 0.2},
    TrainConfig(epochs=8, batch_size=512, learning_rate=0.001, augment=True, device="cpu"),
)


def start_worker(checkpoints: Path) -> multiprocessing.Process:
    """The real worker in a process of its own, its slow imports made once for all of them. It ends with its queue."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["explorer.jobs.pool", "torch._dynamo"])
    process = context.Process(target=main, args=(checkpoints, None))
    process.start()
    return process


def kill(process: multiprocessing.Process, moment: random.Random) -> None:
    """The process that trains, if there is one already, or its parent, the worker."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    if children and moment.random() < 0.5:
        os.kill(int(children[0]), signal.SIGKILL)
    else:
        process.kill()
    process.join(timeout=60)


def wait_for_first_step_or(chance: float, run, process) -> None:
    """Most lives are long enough to train; some end while the worker still starts."""
    if chance < 0.2:
        return
    started = find(run.id).record.started_at
    while process.is_alive() and find(run.id).record.started_at == started:
        time.sleep(0.01)


@pytest.mark.parametrize(("config", "kills"), [(SMALL, 25), (LARGE, 3)], ids=["small", "large"])
def test_a_run_that_is_killed_again_and_again_has_the_same_history(checkpoints, config, kills):
    whole = create(config)
    process = start_worker(checkpoints)
    process.join(timeout=300)
    assert find(whole.id).status == "finished"

    # An epoch a life on average, whatever the machine: the run cannot end before the last kill.
    epoch_seconds = epochs([whole.id])["seconds"].mean()
    moment, run = random.Random(0), submit(config)
    for life in range(kills):
        process = start_worker(checkpoints)
        wait_for_first_step_or(moment.uniform(0, 2), run, process)
        while life == 0 and not find(run.id).epochs_done and process.is_alive():
            time.sleep(0.01)
        # The machine may have become faster meanwhile: what the run's own last epochs took counts, too.
        epoch_seconds = min([epoch_seconds, *(row["seconds"] for row in epoch_rows(run)[-3:])])
        time.sleep(moment.uniform(0, 2) * epoch_seconds)
        assert process.is_alive()
        kill(process, moment)
        assert not process.is_alive()
        with run.lock().acquire(timeout=10):  # a training process ends with its worker
            assert find(run.id).status in ("queued", "running", "failed")
            assert_readable(run)
        mark_orphans_failed(checkpoints)
        if find(run.id).status == "failed":
            find(run.id).requeue()
    assert 0 < find(run.id).epochs_done < config.training.epochs
    start_worker(checkpoints).join(timeout=300)

    assert find(run.id).status == "finished"
    assert history(run) == history(whole)
    assert equal_weights(run, whole)


def test_two_workers_on_one_folder_train_each_run_once(checkpoints):
    """As two servers start them at the same moment; both are killed once, and start them again."""
    small = replace(SMALL, training=replace(SMALL.training, epochs=3))
    runs = [submit(replace(small, training=replace(small.training, seed=seed))) for seed in range(4)]
    for killed in (True, False):
        pair = [start_worker(checkpoints) for _ in range(2)]
        while killed and not sum(find(run.id).epochs_done for run in runs):
            time.sleep(0.01)
        for process in pair:
            if killed:
                process.kill()
            process.join(timeout=300)
        for run in runs:
            with run.lock().acquire(timeout=10):  # a training process ends with its worker
                pass
        mark_orphans_failed(checkpoints)
        for run in runs:
            if killed and find(run.id).status == "failed":
                find(run.id).requeue()
    for run in runs:
        assert find(run.id).status == "finished"
        assert [row["epoch"] for row in epoch_rows(run)] == [1, 2, 3]
        assert list(steps(run.id).step) == [*range(1, 3 * find(run.id).record.steps_per_epoch + 1)]
