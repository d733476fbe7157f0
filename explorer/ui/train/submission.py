"""The result of pressing "Start training": queued, joined to equal runs, or trained already."""

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from explorer import jobs
from explorer.charts.formatting import percent
from explorer.runs import ACTIVE, Run, RunConfig
from explorer.runs.names import run_names
from explorer.text import plural
from explorer.ui import cache, choices, navigation
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import suggest_runs
from explorer.ui.train import live

TRAIN, DEMO, LESSON = "train", "demo", "lesson"  # the buttons
SESSION = "queue-session"
STARTED, EQUAL = "started", "equal"  # session state: run ids of a button's last press; those it found


def session() -> str:
    """Identifies this visitor in the queue, where people take turns."""
    return st.session_state.setdefault(SESSION, uuid4().hex[:8])


def started(button: str) -> list[str]:
    """The ids of the runs of this visitor's last press."""
    return st.session_state.get(f"{STARTED}-{button}", [])


def place(button: str) -> str:
    """A sentence on when the first of this visitor's waiting runs starts; "" if none is waiting."""
    waiting = [run for run in live.still_there(started(button)) if run.status == "queued"]
    if not waiting:
        return ""
    ahead = min(jobs.queue_position(run) for run in waiting)
    return f"Your next run starts after {ahead:,} of them." if ahead else "Your run is next."


def submit(button: str, configs: Sequence[RunConfig]) -> list[Run]:
    """Queue these, or join the equal runs that exist, and say so in a toast. Runs of the visitor's last press that are
    still training stay on the page: one learning rate after the other makes one comparison."""
    before = [run.id for run in live.still_there(started(button)) if run.status in ACTIVE]
    submitted = jobs.submit_once(configs, today=cache.fingerprints(configs), session=session())
    runs = [item.run for item in submitted]
    together = list(dict.fromkeys([*before, *(run.id for run in runs)]))
    st.session_state[f"{STARTED}-{button}"] = together
    st.session_state[f"{EQUAL}-{button}"] = [item.run.id for item in submitted if not item.is_new]
    suggest_runs(together)
    new = sum(item.is_new for item in submitted)
    st.toast(f"{plural(new, 'run')} queued." if new else "Nothing new to train.", icon=":material/play_arrow:")
    return runs


def show(button: str) -> None:
    """For runs that existed already: show which they are, how to open them, and how to train one more."""
    equal = live.still_there(st.session_state.get(f"{EQUAL}-{button}", []))
    if not equal:
        return
    with st.container(border=True):
        names = run_names(equal)
        for run in equal:
            st.markdown(literal(f"{names[run.id]} ({run.id}) {_state(run)}"))
        with st.container(horizontal=True, vertical_alignment="center"):
            link = {"runs": [run.id for run in equal]}
            st.page_link(navigation.CURVES.page(), label="Open in Curves", query_params=link)
            configs = jobs.with_free_seed([run.config for run in equal])
            seed = configs[0].training.seed
            label = f"Train with seed {seed} as well"
            st.button(label, icon=":material/add:", on_click=_train_again, args=(button, configs, seed))


def _state(run: Run) -> str:
    if run.status in ACTIVE:
        return "is already in training: see below."
    best = run.best_validation_accuracy
    return "is already trained" + (f": {percent(best)} of the validation images correct." if best is not None else ".")


def _train_again(button: str, configs: Sequence[RunConfig], seed: int) -> None:
    if button == TRAIN:
        choices.put("seed", seed)
    submit(button, configs)
