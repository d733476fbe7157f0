"""`python -m benchmarks.latency`: seconds from the click on Start to the first step, and from Stop to stopped.

A warm worker, small runs on digits in a folder of their own. "First step" is when a watcher can read it from the run's
folder, up to a quarter of a second after it was taken; "begun" is when the run says that its first step comes next.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the app has it

from explorer.jobs import ensure_worker, stop, submit
from explorer.runs import RunConfig, find
from explorer.training import TrainConfig

LOOK_EVERY = 0.005


def main() -> None:
    """Prints median, lowest and highest seconds of the three waits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency", description=__doc__)
    parser.add_argument("--model", default="simple_cnn")
    parser.add_argument("--rounds", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXPLORER_CHECKPOINTS"] = folder
        ensure_worker()
        once(given.model)  # wakes the worker up: its imports, the data, the first kernels
        seconds = [once(given.model) for _ in range(given.rounds)]
    names = ("click to begun", "click to first step", "stop to stopped")
    for what, values in zip(names, zip(*seconds, strict=True), strict=True):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{what:20s} {middle:.2f} s [{low:.2f}–{high:.2f}]  n = {len(values)}")


def once(model: str) -> tuple[float, float, float]:
    """Train a run until its first steps are there, then stop it; the three times in seconds."""
    clicked = time.perf_counter()
    run = submit(RunConfig("digits", model, {}, TrainConfig(epochs=1000)))
    begun = seconds_until(lambda: find(run.id).record.started_at is not None, clicked)
    first = seconds_until(
        lambda: (run.path / "steps.jsonl").is_file() and (run.path / "steps.jsonl").stat().st_size > 0, clicked
    )
    time.sleep(0.5)
    stopped_at = time.perf_counter()
    stop(run)
    return begun, first, seconds_until(lambda: find(run.id).status == "stopped", stopped_at)


def seconds_until(condition: Callable[[], bool], since: float) -> float:
    """From `since`, a time of `perf_counter`, until the condition holds."""
    while not condition():
        time.sleep(LOOK_EVERY)
    return time.perf_counter() - since


if __name__ == "__main__":
    main()
