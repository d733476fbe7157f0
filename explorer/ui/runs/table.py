"""The table of the Runs page, or one per study: one row per run; any number of rows can be selected."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from explorer.charts.formatting import percent
from explorer.runs import Run
from explorer.runs.kept import kept
from explorer.runs.names import run_names
from explorer.text import plural
from explorer.ui import saving
from explorer.ui.accuracies import accuracy, in_percent, written
from explorer.ui.markdown import literal
from explorer.ui.runs.actions import ROUND
from explorer.ui.runs.filters import NO_STUDY

if TYPE_CHECKING:
    import pandas as pd

HEIGHT = 420  # pixels, about eleven rows
LETTER, LEAST, MOST = 5.8, 300, 640  # pixels: width of a letter; minimum width of the column of names, to fit a phone
SELECTED = "runs-selected"  # key of the session state: (the round, the ids of the runs selected last)


def select(groups: dict[str, list[Run]], names: dict[str, str]) -> list[Run]:
    """Show the runs in this order, each group under its heading, with names unique within the group. Returns the
    selected runs.

    Streamlit stores a selection as row numbers. A list with other runs or in another order is therefore a new table, in
    which the same runs are selected if they are listed.
    """
    current = st.session_state.get(ROUND, 0)
    then, before = st.session_state.get(SELECTED, (current, []))
    before = before if then == current else []
    selected = []
    for nth, (heading, runs) in enumerate(groups.items()):
        with st.expander(_about(heading, runs), expanded=nth == 0) if heading else st.container():
            selected += _table(runs, run_names(runs) if heading else names, before, current)
    st.session_state[SELECTED] = current, [run.id for run in selected]
    return selected


def _about(heading: str, runs: Sequence[Run]) -> str:
    """The heading of a group: how many runs, and the best of them."""
    accuracies = [run.best_validation_accuracy for run in runs if run.best_validation_accuracy is not None]
    best = f" · best {percent(max(accuracies))}" if accuracies else ""
    title = "No study" if heading == NO_STUDY else f"Study {heading}"
    return literal(f"{title} · {plural(len(runs), 'run')}{best}")


def _table(runs: Sequence[Run], names: dict[str, str], before: Sequence[str], current: int) -> list[Run]:
    ids = [run.id for run in runs]
    longest = max((len(names[run_id]) for run_id in ids), default=0)
    frame, marked = _frames(runs, tuple(names[run_id] for run_id in ids))
    event = saving.dataframe(
        frame,
        marked=marked,
        written=written(frame, ["validation accuracy", "test accuracy"]),
        column_order=[name for name in frame if name != "who" or any(run.record.who for run in runs)],
        hide_index=True,
        height=HEIGHT if len(runs) > 10 else "content",
        key=f"runs-table-{current}-{sha256(' '.join(ids).encode()).hexdigest()[:12]}",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [row for row, run_id in enumerate(ids) if run_id in before]}},
        alt="The runs with their data, network, study, status, accuracy and training time",
        column_config={
            "★": st.column_config.TextColumn(width=30),
            "name": st.column_config.TextColumn(width=min(max(LEAST, 20 + round(LETTER * longest)), MOST)),
            "validation accuracy": accuracy("validation", "Validation accuracy of the best epoch."),
            "test accuracy": accuracy("test", "Test accuracy, measured once at the end of the run."),
            "parameters": st.column_config.NumberColumn(format="compact"),
            "training time": st.column_config.NumberColumn(format="%.1f s"),
            "tags": st.column_config.ListColumn(),
        },
    )
    return [runs[row] for row in saving.selected_rows(event, len(runs))]


@kept
def _frames(runs: Iterable[Run], names: Sequence[str]) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """(the table, the table as `saving.mark_formulas` returns it)."""
    import pandas as pd

    frame = pd.DataFrame([_row(run, name) for run, name in zip(runs, names, strict=True)])
    return frame, saving.mark_formulas(frame)


def _row(run: Run, name: str) -> dict[str, object]:
    record = run.record
    return {
        "★": "★" if record.starred else "",
        "validation accuracy": in_percent(run.best_validation_accuracy),
        "name": name,
        "status": "sample" if run.is_sample else f"{run.status}, archived" if record.archived else run.status,
        "who": record.who or "",
        "test accuracy": in_percent(run.test_accuracy),
        "data": run.config.dataset,
        "network": run.config.model,
        "study": ", ".join(record.name for record in run.studies),
        "tags": list(record.tags),
        "note": record.note or "",
        "epochs": run.epochs_done,
        "parameters": record.parameters,
        "training time": record.training_seconds or None,
        "id": run.id,
    }
