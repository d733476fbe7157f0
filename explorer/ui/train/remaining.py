"""How long a run in training will still take: by its own speed in the last minute, not by the estimate before it."""

import time
from collections import deque
from pathlib import Path

from explorer.runs import Run
from explorer.runs.epochs_file import epoch_rows

WINDOW = 60.0  # seconds of observations that the pace is computed from
ENOUGH = 10.0  # minimum span of them in seconds
MOST_RUNS = 64
Observation = tuple[float, int]  # (time in seconds, steps recorded by then)
_observations: dict[Path, deque[Observation]] = {}  # shared by all visitors: one visitor's refresh serves all


def seconds_left(run: Run, done: int, total: int, passed: float) -> float:
    """The time left for a run that has recorded `done` of `total` steps, `passed` seconds after its start.

    Uses the steps of the last minute if somebody has watched for ten seconds; else the last epoch with its validation;
    else all steps since the start.
    """
    observations = _observations.setdefault(run.path, deque())
    note(observations, (time.monotonic(), done))
    while len(_observations) > MOST_RUNS:
        _observations.pop(next(iter(_observations)))
    per_step = pace(observations) or _of_last_epoch(run) or passed / max(done - run.record.resumed_at_step, 1)
    return per_step * (total - done)


def note(observations: deque[Observation], observation: Observation) -> None:
    """Add an observation with a new step. Drops observations from before the window, or all of them if the run has
    started again."""
    if observations and observation[1] < observations[-1][1]:
        observations.clear()
    if not observations or observation[1] > observations[-1][1]:
        observations.append(observation)
    # Keep one observation from before the window: a step may take longer than the window.
    while len(observations) > 2 and observations[1][0] <= observation[0] - WINDOW:
        observations.popleft()


def pace(observations: deque[Observation]) -> float | None:
    """Seconds per step between the first observation and the last; None if they span too little time."""
    if not observations:
        return None
    (first, begun), (last, done) = observations[0], observations[-1]
    return (last - first) / (done - begun) if last - first >= ENOUGH and done > begun else None


def _of_last_epoch(run: Run) -> float | None:
    rows = epoch_rows(run) if run.epochs_done > 0 else []
    return rows[-1]["seconds"] / run.record.steps_per_epoch if rows and run.record.steps_per_epoch else None
