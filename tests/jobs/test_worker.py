"""The real worker process: takes queued runs, outlives whoever started it, is replaced when it dies."""

import os
import signal
import subprocess
import sys
import time

import pytest

from explorer.jobs import ensure_worker, stop, submit, supervisor, trials
from explorer.jobs.capacity import WORKERS
from explorer.jobs.worker import LOCK as WORKER_LOCK
from explorer.models.network import Network
from explorer.runs import RunConfig, find, list_runs, load_model
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
def worker(checkpoints, monkeypatch):
    """Starts the worker, for two runs at once; ends it with the test."""
    monkeypatch.setenv(WORKERS, "2")
    ensure_worker()
    lock = checkpoints.resolve() / WORKER_LOCK
    child = supervisor._children[lock]
    yield child
    for process in {child, supervisor._children.pop(lock)}:
        process.kill()
        process.communicate()


def steps_of(run) -> int:
    return len(read_lines(run.path / "steps.jsonl"))


def test_it_trains_two_side_by_side_and_stops_one(worker, checkpoints):
    first, second, third = submit(config(1000)), submit(config(1000)), submit(config(1))
    wait_until(lambda: steps_of(first) and steps_of(second))
    assert find(third.id).status == "queued"
    stop(first)
    wait_until(lambda: find(first.id).status == "stopped")
    wait_until(lambda: find(third.id).status == "finished")
    assert find(second.id).status == "running"
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
    # The worker has another process for the next one.
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


def test_it_times_networks_and_survives_one_that_is_too_large(worker, checkpoints):
    def timed(**options: object) -> float | None:
        return trials.ask(trials.Trial(Network("mlp", tuple(options.items()), 1, 10, 32), 64, "cpu", "float32", 1))

    wait_until((checkpoints / trials.FOLDER / trials.READY).is_file)
    assert timed() > 100
    assert timed(widths=(16384,) * 12) is None  # 3.0 billion parameters
    assert worker.poll() is None
    assert [file.name for file in (checkpoints / trials.FOLDER).iterdir()] == [trials.READY]


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


def test_term_ends_a_run_of_the_command_line_like_ctrl_c(checkpoints):
    command = "-m explorer train --dataset digits --model simple_cnn --epochs 1000 --set depth=2 --device cpu"
    process = subprocess.Popen([sys.executable, *command.split()], cwd=supervisor.ROOT, stderr=subprocess.DEVNULL)
    wait_until(lambda: any(steps_of(run) for run in list_runs()))
    process.terminate()
    assert process.wait(timeout=30) == 130
    (run,) = list_runs()
    assert (run.status, run.reason) == ("stopped", "Stopped from the keyboard.")
