"""kill -9 at any moment leaves a run readable and resumable, and resuming gives the history of never having died."""

import multiprocessing
import random
import time
from pathlib import Path

import torch

from explorer.jobs import submit
from explorer.jobs.worker import bury_the_dead, main
from explorer.runs import RunConfig, create, epochs, find, load_model, saved_epochs, steps
from explorer.training import TrainConfig

KILLS = 25
TRAINING = TrainConfig(epochs=40, batch_size=64, augment=True, device="cpu")
CONFIG = RunConfig("digits", "simple_cnn", {"depth": 2, "dropout": 0.2}, TRAINING)


def start_worker(checkpoints: Path) -> multiprocessing.Process:
    """The real worker in a process of its own, its slow imports made once for all of them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["explorer.jobs.perform", "torch._dynamo"])
    process = context.Process(target=main, args=(checkpoints, None), daemon=True)
    process.start()
    return process


def wait_for_first_step_or(chance: float, run, process) -> None:
    """Most lives are long enough to train; some end while the worker still starts."""
    if chance < 0.2:
        return
    started = find(run.id).info.get("started_at")
    while process.is_alive() and find(run.id).info.get("started_at") == started:
        time.sleep(0.01)


def history(run) -> tuple:
    table = epochs([run.id]).drop(columns=["run", "seconds", "images_per_second"])
    return table.to_dict("list"), (run.path / "steps.jsonl").read_text()


def assert_readable(run) -> None:
    run = find(run.id)
    assert run.status in ("queued", "running", "finished")
    epochs([run.id])
    steps(run.id)
    for epoch in saved_epochs(run):
        load_model(run.id, epoch)


def test_a_run_that_is_killed_again_and_again_has_the_same_history(checkpoints):
    whole = create(CONFIG)
    process = start_worker(checkpoints)
    process.join(timeout=300)
    assert find(whole.id).status == "finished"

    # An epoch a life on average, whatever the machine: the run cannot end before the last kill.
    epoch_seconds = epochs([whole.id])["seconds"].mean()
    moment, run = random.Random(0), submit(CONFIG)
    for _ in range(KILLS):
        process = start_worker(checkpoints)
        wait_for_first_step_or(moment.uniform(0, 2), run, process)
        time.sleep(moment.uniform(0, 2) * epoch_seconds)
        assert process.is_alive()
        process.kill()
        process.join()
        assert_readable(run)
        bury_the_dead(checkpoints)
        if find(run.id).status == "failed":
            find(run.id).requeue()
    assert 5 < find(run.id).epochs_done < 40
    start_worker(checkpoints).join(timeout=300)

    assert find(run.id).status == "finished"
    assert history(run) == history(whole)
    first, second = load_model(whole.id, "last").state_dict(), load_model(run.id, "last").state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
