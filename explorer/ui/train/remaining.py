"""How long a run in training will still take: by its own pace in the last minute, not by what was expected of it."""

import time
from collections import deque
from pathlib import Path

from explorer.runs import Run
from explorer.runs.epochs_file import epoch_rows

WINDOW = 60.0  # seconds of observations that tell the pace
ENOUGH = 10.0  # seconds of them at least
MOST_RUNS = 64
Observation = tuple[float, int]  # (when, in seconds; steps recorded by then)
_observations: dict[Path, deque[Observation]] = {}  # shared by all visitors: whoever looks, looks for all


def seconds_left(run: Run, done: int, total: int, passed: float) -> float:
    """Of a run that has recorded `done` of `total` steps, `passed` seconds after it was started.

    By the steps of the last minute, where somebody has looked for ten seconds; else by its last epoch, with its
    validation; else by all steps since it was started.
    """
    observations = _observations.setdefault(run.path, deque())
    note(observations, (time.monotonic(), done))
    while len(_observations) > MOST_RUNS:
        _observations.pop(next(iter(_observations)))
    per_step = pace(observations) or _of_last_epoch(run) or passed / max(done - run.record.resumed_at_step, 1)
    return per_step * (total - done)


def note(observations: deque[Observation], observation: Observation) -> None:
    """Add a look that saw a new step; those from before the window go, and all of them where the run began again."""
    if observations and observation[1] < observations[-1][1]:
        observations.clear()
    if not observations or observation[1] > observations[-1][1]:
        observations.append(observation)
    # One look from before the window stays: a step may take longer than that.
    while len(observations) > 2 and observations[1][0] <= observation[0] - WINDOW:
        observations.popleft()


def pace(observations: deque[Observation]) -> float | None:
    """Seconds a step between the first look and the last; None where they tell too little."""
    if not observations:
        return None
    (first, begun), (last, done) = observations[0], observations[-1]
    return (last - first) / (done - begun) if last - first >= ENOUGH and done > begun else None


def _of_last_epoch(run: Run) -> float | None:
    rows = epoch_rows(run) if run.epochs_done > 0 else []
    return rows[-1]["seconds"] / run.record.steps_per_epoch if rows and run.record.steps_per_epoch else None
