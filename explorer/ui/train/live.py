"""Runs as they train: place in the queue, progress, live curves and gradient norms, and a stop button."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime

import streamlit as st

from explorer import jobs
from explorer.charts.formatting import percent, seconds
from explorer.errors import UserError
from explorer.runs import ACTIVE, Run, find
from explorer.runs.folder import checkpoints_folder
from explorer.runs.listing import Listing
from explorer.runs.owners import may_change
from explorer.text import plural
from explorer.ui import cache, names, page
from explorer.ui.markdown import literal
from explorer.ui.serving import problems
from explorer.ui.take_home.menu import menu
from explorer.ui.train import further, remaining

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_WHILE_IDLE = 5.0
# Each refresh is a run for Streamlit, whose own sign and Stop button would appear and vanish every second beside ours.
_QUIET = """<style>[data-testid="stStatusWidget"] { visibility: hidden; }</style>"""


WATCHED_AT_MOST = 4
# Python computes in one thread at a time: thirty refreshes at once would each take thirty times as long. Another thread
# may draw a chart meanwhile.
_turns = threading.BoundedSemaphore(2)


def watched(runs: list[Run], started: Collection[str] = ()) -> list[Run]:
    """The runs worth watching, those in training first: all active ones and those in `started`; else the newest run."""
    chosen = [run for run in runs if run.status in ACTIVE or run.id in started]
    chosen.sort(key=lambda run: (_turn(run), run.id not in started, run.record.queue_key))
    return chosen or runs[:1]


def watched_of(runs: Listing, started: Collection[str] = ()) -> list[Run]:
    """`watched` of all runs, without a walk through thousands of them at every refresh."""
    own = [run for run_id in started if (run := runs.by_id.get(run_id)) and run.status not in ACTIVE]
    return watched([*runs.active, *own] or list(runs.runs[:1]), started)


def _turn(run: Run) -> int:
    """Sort key: runs in training first, then waiting ones, then those that have ended."""
    return {"running": 0, "queued": 1}.get(run.status, 2)


def panel(choose: Callable[[], list[Run]], gradients: bool = True) -> None:
    """Show a live view of the first runs that `choose` returns, refreshed every second while any of them is active.
    Redraws the whole page when the number of active runs changes."""
    active = _active(drawn := choose())
    st.fragment(_update, run_every=SECONDS_BETWEEN_LOOKS if active else None)(choose, gradients, active)
    if not active:
        look_out(choose, drawn)


def look_out(choose: Callable[[], list[Run]], drawn: list[Run]) -> None:
    """Redraw the page, within seconds, when `choose` returns runs other than `drawn`, or one has begun or ended,
    because somebody else or a command line has started it."""
    st.fragment(_look_out, run_every=SECONDS_WHILE_IDLE)(choose, _states(drawn))


def _look_out(choose: Callable[[], list[Run]], drawn: set[tuple[str, str]]) -> None:
    with suppress(OSError, UserError):  # a folder that cannot be read now is tried again
        if _states(choose()) != drawn:
            st.rerun()


def _states(runs: list[Run]) -> set[tuple[str, str]]:
    return {(run.id, run.status) for run in runs}


def _active(runs: list[Run]) -> int:
    return sum(run.status in ACTIVE for run in runs)


def still_there(run_ids: list[str]) -> list[Run]:
    """Those of the runs that nobody has deleted or damaged since they were chosen."""
    root, there = checkpoints_folder(), []
    for run_id in run_ids:
        if run_id and (root / run_id / "run.json").is_file():
            with suppress(UserError):
                there.append(find(run_id))
    return there


def renewed(runs: Iterable[Run]) -> list[Run]:
    """The runs in their current state. Redraws the whole page if somebody has deleted or damaged one of them."""
    try:
        return [find(run.id) for run in runs]
    except UserError:
        st.rerun()


def _update(choose: Callable[[], list[Run]], gradients: bool, was_active: int) -> None:
    """One refresh. An error is shown in place of the runs until the next refresh; it stops neither the refreshing nor
    the page."""
    try:
        with _turns:
            _panel(choose, gradients, was_active)
    except Exception as error:
        logging.getLogger(__name__).exception("The live view failed; it tries again.")
        problems.show(error)


def _panel(choose: Callable[[], list[Run]], gradients: bool, was_active: int) -> None:
    jobs.ensure_worker()
    every = sorted(choose(), key=_turn)  # sorted at each refresh: one run ends and the next begins
    chosen = every[:WATCHED_AT_MOST]
    names.show(chosen)
    for run in chosen:
        _row(run)
    if waiting := _active(every[WATCHED_AT_MOST:]):
        st.caption(f"{plural(waiting, 'more run')} in training or waiting.")
    from explorer.ui import display

    if was_active:
        quiet()
    display.live(chosen, gradients and not page.presenting())  # two charts fill a stage
    if was_active and _active(every) != was_active:
        st.rerun()


def quiet() -> None:
    """Hide Streamlit's own sign of a run, while a panel that refreshes itself is on the page."""
    st.html(_QUIET)


def _row(run: Run) -> None:
    heading, progress, button = st.columns([3, 4.6, 1.8], vertical_alignment="center")
    with heading:
        page.run_heading(run)
        if run.status not in ACTIVE and not page.presenting():  # the form is hidden there
            from explorer.ui.train.link import duplicate  # imports torch

            with st.container(horizontal=True):
                duplicate(run)
                menu(run)
    fraction, text = describe(run)
    progress.progress(fraction, literal(f"{run.record.who}: {text}" if run.record.who else text))
    if not may_change(run.record.owner):
        return
    with button:
        if run.status in ACTIVE:
            if st.button("Stop", key=f"stop-{run.id}", icon=":material/stop:", disabled=run.stop_requested):
                jobs.stop(run)
        elif run.status == "finished":
            further.offer(run)
        elif st.button("Resume", key=f"resume-{run.id}", icon=":material/resume:"):
            jobs.resume(run)
            st.rerun()


def describe(run: Run) -> tuple[float, str]:
    """(progress from 0 to 1; what the run is doing, in a sentence)."""
    done, total = steps_done(run)
    fraction = min(done / total, 1.0) if total else 0.0
    if run.status == "queued":
        if source := next((one for one in still_there([run.config.training.source]) if one.status in ACTIVE), None):
            state = "is in training" if source.status == "running" else "is waiting too"
            return 0.0, f"Waiting for the weights of {names.of(source)} ({source.id}), which {state}."
        ahead = jobs.queue_position(run)
        ahead_of_it = f"Waiting: {plural(ahead, 'run')} ahead in the queue." if ahead else "Next in the queue."
        return 0.0, run.record.message or ahead_of_it
    if run.status == "running":
        started = run.record.started_at
        if not done or started is None:
            return run.record.message_fraction, run.record.message or "Starting …"
        if run.stop_requested:
            return fraction, "Stopping …"
        passed = _since(started)
        epochs = run.config.training.epochs
        left = remaining.seconds_left(run, done, total, passed)
        epoch = min(run.epochs_done + 1, epochs)
        return fraction, f"Epoch {epoch} of {epochs}, about {seconds(max(1, round(left)))} left. {computed(run)}"
    best = run.best_validation_accuracy
    best_text = f" Best validation accuracy {percent(best)}." if best is not None else ""
    if run.status == "finished":
        took = seconds(run.record.training_seconds)
        return 1.0, f"Finished {plural(run.epochs_done, 'epoch')} in {took}.{best_text} {computed(run)}"
    return fraction, f"{run.reason}{best_text}"


def computed(run: Run) -> str:
    """What was chosen automatically: device, precision, and whether steps were replayed as one graph."""
    device = run.record.device
    if device is None:
        return "run.json does not name the device."
    return f"On {device.name}, in {device.precision}{', steps replayed as a CUDA graph' * device.captured}."


def steps_done(run: Run) -> tuple[int, int]:
    """(steps recorded, steps in all); (0, 0) before the training begins."""
    total = run.record.steps_per_epoch * run.config.training.epochs
    recorded = cache.steps(run).step if total else ()
    return (int(recorded[-1]) if len(recorded) else 0), total


def _since(moment: str) -> float:
    return time.time() - datetime.fromisoformat(moment).astimezone(UTC).timestamp()
