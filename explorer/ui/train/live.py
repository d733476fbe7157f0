"""Runs as they train: place in the queue, progress, curves and gradient norms that move, and a stop button."""

import time
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime

import streamlit as st

from explorer import jobs
from explorer.charts.formatting import percent, seconds
from explorer.errors import UserError
from explorer.runs import ACTIVE, Run, find
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.folder import checkpoints_folder
from explorer.text import plural
from explorer.ui import cache, names, page
from explorer.ui.markdown import literal
from explorer.ui.train import further

SECONDS_BETWEEN_LOOKS = 1.0
# Each look is a run of Streamlit's, whose own sign and Stop button would come and go every second beside ours.
_QUIET = """<style>[data-testid="stStatusWidget"] { visibility: hidden; }</style>"""


WATCHED_AT_MOST = 4


def watched(runs: list[Run], started: Collection[str] = ()) -> list[Run]:
    """The runs worth watching, those in training first: what this visitor has `started` and all that is active; else
    the newest."""
    chosen = [run for run in runs if run.status in ACTIVE or run.id in started]
    chosen.sort(key=lambda run: (_turn(run), run.id not in started, run.record.queue_key))
    return (chosen or runs[:1])[:WATCHED_AT_MOST]


def _turn(run: Run) -> int:
    """What trains comes before what waits, and that before what has ended."""
    return {"running": 0, "queued": 1}.get(run.status, 2)


def panel(run_ids: list[str], gradients: bool = True) -> None:
    """A live view that looks again every second while any of the runs is active, and then stands still."""
    active = any(run.status in ACTIVE for run in still_there(run_ids))
    st.fragment(_panel, run_every=SECONDS_BETWEEN_LOOKS if active else None)(run_ids, gradients, active)


def still_there(run_ids: list[str]) -> list[Run]:
    """Those of the runs that nobody has deleted or damaged since they were chosen."""
    root, there = checkpoints_folder(), []
    for run_id in run_ids:
        if (root / run_id / "run.json").is_file():
            with suppress(UserError):
                there.append(find(run_id))
    return there


def _panel(run_ids: list[str], gradients: bool, was_active: bool) -> None:
    jobs.ensure_worker()
    chosen = sorted(still_there(run_ids), key=_turn)  # at each look: one ends, and the next begins
    names.show(chosen)
    for run in chosen:
        _row(run)
    from explorer.ui import display

    if was_active:
        quiet()
    display.live(chosen, gradients)
    if was_active and not any(run.status in ACTIVE for run in chosen):
        st.rerun()


def quiet() -> None:
    """Hide Streamlit's own sign of a run, for as long as a panel that looks again draws this."""
    st.html(_QUIET)


def _row(run: Run) -> None:
    heading, progress, button = st.columns([3, 4.6, 1.8], vertical_alignment="center")
    with heading:
        page.run_heading(run)
        if run.status not in ACTIVE and not page.presenting():  # which leaves the form out
            from explorer.ui.train.link import duplicate  # imports torch

            duplicate(run)
    fraction, text = describe(run)
    progress.progress(fraction, literal(text))
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
    """(how far it is, 0 to 1; what it is doing, in a sentence)."""
    done, total = steps_done(run)
    fraction = min(done / total, 1.0) if total else 0.0
    if run.status == "queued":
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
        left = passed * (total - done) / max(done - run.record.resumed_at_step, 1)
        epoch = min(run.epochs_done + 1, epochs)
        return fraction, f"Epoch {epoch} of {epochs}, about {seconds(max(1, round(left)))} left. {computed(run)}"
    best = run.best_validation_accuracy
    best_text = f" Best validation accuracy {percent(best)}." if best is not None else ""
    if run.status == "finished":
        took = seconds(run.record.training_seconds)
        return 1.0, f"Finished {run.epochs_done} epochs in {took}.{best_text} {computed(run)}"
    return fraction, f"{run.reason}{best_text}"


def computed(run: Run) -> str:
    """What was decided automatically: device, precision, and whether a step was replayed as one graph."""
    device = run.record.device
    if device is None:
        return "run.json does not say on what device."
    return f"On {device.name}, in {device.precision}{', steps replayed as a CUDA graph' * device.captured}."


def learned(run: Run) -> str:
    """What a run that has ended came to, in a sentence."""
    best = run.best_validation_accuracy
    if best is None:
        return f"{names.of(run)} {run.status} before the end of its first epoch; the reason is below."
    epoch, images = run.best_epoch, run.dataset.images.validation
    return (
        f"{names.of(run)} classified {percent(best)} of the {images:,} validation images correctly at its best, after "
        f"epoch {epoch} of {len(epoch_rows(run))}."
    )


def steps_done(run: Run) -> tuple[int, int]:
    """(steps recorded, steps in all); (0, 0) before the training begins."""
    total = run.record.steps_per_epoch * run.config.training.epochs
    recorded = cache.steps(run).step if total else ()
    return (int(recorded[-1]) if len(recorded) else 0), total


def _since(moment: str) -> float:
    return time.time() - datetime.fromisoformat(moment).astimezone(UTC).timestamp()
