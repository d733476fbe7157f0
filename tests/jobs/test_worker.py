"""The real worker process: takes queued runs, outlives whoever started it, is replaced when it dies."""

import os
import signal
import subprocess
import sys
import time

import pytest

from explorer.jobs import ensure_worker, stop, submit, supervisor
from explorer.jobs.worker import LOCK as WORKER_LOCK
from explorer.runs import RunConfig, find, load_model
from explorer.runs.lines import read_lines
from explorer.training import TrainConfig


def config(epochs: int) -> RunConfig:
    return RunConfig("digits", "simple_cnn", {"depth": 2}, TrainConfig(epochs=epochs, batch_size=64, device="cpu"))


def wait_until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing happened in time"
        time.sleep(0.05)


@pytest.fixture
def worker(checkpoints):
    """Starts the worker; ends it with the test."""
    ensure_worker()
    lock = checkpoints.resolve() / WORKER_LOCK
    child = supervisor._children[lock]
    yield child
    for process in {child, supervisor._children.pop(lock)}:
        process.kill()
        process.communicate()


def steps_of(run) -> int:
    return len(read_lines(run.path / "steps.jsonl"))


def test_it_takes_runs_in_turn_and_stops_one(worker, checkpoints):
    first, second = submit(config(1)), submit(config(1000))
    wait_until(lambda: find(first.id).status == "finished")
    wait_until(lambda: steps_of(second) > 0)
    stop(second)
    wait_until(lambda: find(second.id).status == "stopped")
    assert find(second.id).reason == "Stopped on request."


def test_a_stop_does_not_wait_for_a_slow_step(worker, checkpoints):
    slow = RunConfig("digits", "vgg19", {}, TrainConfig(epochs=1, batch_size=1157, device="cpu"))  # minutes a step
    run, after = submit(slow), submit(config(1))
    wait_until(lambda: find(run.id).record.parameter_names)
    stop(run)
    wait_until(lambda: find(run.id).status == "stopped")
    assert steps_of(run) == 0
    load_model(run.id, "last")
    # The worker has begun anew in the same process, and the queue goes on.
    wait_until(lambda: find(after.id).status == "finished")
    assert worker.poll() is None


def test_a_dead_worker_is_replaced_and_its_run_says_so(worker, checkpoints):
    run = submit(config(1000))
    wait_until(lambda: steps_of(run) > 0)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    ensure_worker()
    wait_until(lambda: find(run.id).status == "failed")
    assert "resume" in find(run.id).reason
    resumed = find(run.id).requeue()
    before = steps_of(run)
    wait_until(lambda: find(run.id).status == "running" and steps_of(run) > before)
    stop(resumed)
    wait_until(lambda: find(run.id).status == "stopped")


def test_a_second_worker_is_not_started(worker, checkpoints):
    wait_until(lambda: not supervisor._lock_is_free(checkpoints / ".worker.lock"))
    second = subprocess.run(
        [sys.executable, "-m", "explorer.jobs.worker", checkpoints, ""],
        cwd=supervisor.ROOT,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert second.returncode == 0
    assert worker.poll() is None


def test_it_finishes_the_queue_after_its_server_is_gone(worker, checkpoints):
    run = submit(config(2))
    worker.stdin.close()
    wait_until(lambda: find(run.id).status == "finished")
    assert worker.wait(timeout=30) == 0
