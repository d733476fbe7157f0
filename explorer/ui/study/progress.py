"""The runs of a study as they train: a line each, so that twelve fit on a screen."""

import streamlit as st

from explorer import jobs
from explorer.charts.formatting import percent, seconds
from explorer.runs import ACTIVE, Run, find
from explorer.studies import PlannedRun, StudyRun, existing
from explorer.text import plural
from explorer.ui.train import live


def panel(plan: list[PlannedRun]) -> None:
    """Looks again every second while a run is active; the whole page is drawn anew when one has ended."""
    there = existing(plan)
    if not there:
        return
    active = sum(planned.run.status in ACTIVE for planned in there)
    st.fragment(_panel, run_every=live.SECONDS_BETWEEN_LOOKS if active else None)(there, active)


def _panel(there: list[StudyRun], was_active: int) -> None:
    if was_active:
        jobs.ensure_worker()
        live.quiet()
    runs = [find(planned.run.id) for planned in there]
    rows = [_row(planned.variant, run) for planned, run in zip(there, runs, strict=True)]
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        alt="Every run of the study: its progress and its result",
        column_config={
            "progress": st.column_config.ProgressColumn(format="percent", width="small", min_value=0, max_value=1),
            "state": st.column_config.TextColumn(width="large"),
        },
    )
    active = [run for run in runs if run.status in ACTIVE]
    if active and st.button(f"Stop {plural(len(active), 'run')}", icon=":material/stop:"):
        for run in active:
            jobs.stop(run)
    if len(active) != was_active:
        st.rerun()


def _row(variant: str, run: Run) -> dict[str, object]:
    if run.status == "finished":
        took = seconds(run.record.training_seconds)
        result = (
            "without a test accuracy" if run.test_accuracy is None else f"test accuracy {percent(run.test_accuracy)}"
        )
        fraction, text = 1.0, f"{result} in {took}"
    elif run.status == "queued":
        fraction, text = 0.0, "waiting"  # its place would be counted anew for each of them
    else:
        fraction, text = live.describe(run)
    return {
        "variant": variant,
        "seed": run.config.training.seed,
        "progress": fraction,
        "state": text,
        "run": run.id,
    }
