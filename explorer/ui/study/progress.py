"""The runs of a study as they train: one line each, so that twelve fit on a screen."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer import jobs
from explorer.charts.formatting import percent, seconds
from explorer.insights.findings.finding import Finding
from explorer.runs import ACTIVE, Run
from explorer.runs.owners import may_change
from explorer.studies import PlannedRun, Study, StudyRun, existing
from explorer.text import plural
from explorer.ui import saving
from explorer.ui.study import panels
from explorer.ui.study.frames import View
from explorer.ui.train import live


def training(plan: Sequence[PlannedRun]) -> int:
    """How many runs of a plan are training or waiting: until they are done, its question has no answer."""
    return sum(planned.run is not None and planned.run.status in ACTIVE for planned in plan)


def verdict(plan: Sequence[PlannedRun], found: Sequence[Finding]) -> str:
    """The first finding as the answer, once no run of the plan is active; says so if only a part of the plan is
    done."""
    done = sum(planned.run is not None and planned.run.status == "finished" for planned in plan)
    count = f"{done} of {plural(len(plan), 'run')} done"
    if training(plan) or not found:
        return f"{count}, no answer yet."
    if done == len(plan):
        return found[0].verdict
    return f"With {count}: {found[0].verdict}"


def panel(plan: list[PlannedRun], study: Study | None = None) -> None:
    """Show the runs, with live curves of the variants of `study`. Refreshes every second while a run is active; redraws
    the whole page when one has ended."""
    there = existing(plan)
    if not there:
        return
    active = sum(planned.run.status in ACTIVE for planned in there)
    st.fragment(_panel, run_every=live.SECONDS_BETWEEN_LOOKS if active else None)(there, active, study)


def look_out(plan: Sequence[PlannedRun], match: Callable[[], list[PlannedRun]]) -> None:
    """Redraw the page, within seconds, when somebody else has queued or finished runs of a plan. `match` finds its runs
    again. While a run is active, `panel` does this."""
    if not training(plan):
        live.look_out(lambda: _runs(match()), _runs(plan))


def _runs(plan: Sequence[PlannedRun]) -> list[Run]:
    return [planned.run for planned in plan if planned.run]


def _panel(there: list[StudyRun], was_active: int, study: Study | None) -> None:
    if was_active:
        jobs.ensure_worker()
        live.quiet()
    runs = live.renewed(planned.run for planned in there)
    if study and was_active:
        _curves(study, [PlannedRun(planned.variant, run.config, run) for planned, run in zip(there, runs, strict=True)])
    rows = [_row(planned.variant, run) for planned, run in zip(there, runs, strict=True)]
    saving.dataframe(
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
    own = [run for run in active if may_change(run.record.owner)]
    if own and st.button(f"Stop {plural(len(own), 'run')}", icon=":material/stop:"):
        for run in own:
            jobs.stop(run)
    if len(active) != was_active:
        st.rerun()


def _curves(study: Study, plan: list[PlannedRun]) -> None:
    """Show loss and accuracy so far, by variant; updated after each epoch."""
    view = View(study, plan)
    if view.runs:
        for column, name in zip(st.columns(2), ("loss", "accuracy"), strict=True):
            with column:
                panels.show(view, name, "live", captioned=False)


def _row(variant: str, run: Run) -> dict[str, object]:
    if run.status == "finished":
        took = seconds(run.record.training_seconds)
        result = (
            "without a test accuracy" if run.test_accuracy is None else f"test accuracy {percent(run.test_accuracy)}"
        )
        fraction, text = 1.0, f"{result} in {took}"
    elif run.status == "queued":
        fraction, text = 0.0, "waiting"  # its place in the queue would be counted again for each of them
    else:
        fraction, text = live.describe(run)
    return {
        "variant": variant,
        "seed": run.config.training.seed,
        "progress": fraction,
        "state": text,
        "run": run.id,
        **({"who": run.record.who} if run.record.who else {}),
    }
