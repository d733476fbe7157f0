"""The table of the Runs page: a row a run, of which any number can be selected."""

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from explorer.runs import Run
from explorer.ui.runs.actions import ROUND
from explorer.ui.runs_table import PERCENT, in_percent

HEIGHT = 420  # pixels: about eleven rows
SELECTED = "runs-selected"  # in the session: (the round, the ids of the runs that were selected last)


def select(runs: Sequence[Run], names: dict[str, str]) -> list[Run]:
    """Show the runs in this order; those that the visitor has selected.

    Streamlit keeps a selection as numbers of rows. A list of other runs, or in another order, is therefore another
    table, on which the same runs are selected, as far as they are listed.
    """
    ids, current = [run.id for run in runs], st.session_state.get(ROUND, 0)
    then, before = st.session_state.get(SELECTED, (current, []))
    event = st.dataframe(
        [_row(run, names[run.id]) for run in runs],
        hide_index=True,
        height=HEIGHT if len(runs) > 10 else "content",
        key=f"runs-table-{current}-{sha256(' '.join(ids).encode()).hexdigest()[:12]}",
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={
            "selection": {"rows": [row for row, run_id in enumerate(ids) if then == current and run_id in before]}
        },
        alt="The runs with their data, network, study, status, accuracy and training time",
        column_config={
            "★": st.column_config.TextColumn(width=30),
            "name": st.column_config.TextColumn(width="large"),
            "validation accuracy": PERCENT,
            "test accuracy": PERCENT,
            "parameters": st.column_config.NumberColumn(format="compact"),
            "training time": st.column_config.NumberColumn(format="%.1f s"),
            "tags": st.column_config.ListColumn(),
        },
    )
    selected = [runs[row] for row in event.selection.rows if row < len(runs)]
    st.session_state[SELECTED] = current, [run.id for run in selected]
    return selected


def _row(run: Run, name: str) -> dict[str, object]:
    record = run.record
    return {
        "★": "★" if record.starred else "",
        "name": name,
        "status": "sample" if run.is_sample else f"{run.status}, archived" if record.archived else run.status,
        "validation accuracy": in_percent(run.best_validation_accuracy),
        "test accuracy": in_percent(run.test_accuracy),
        "data": run.config.dataset,
        "network": run.config.model,
        "study": run.study.name if run.study else "",
        "tags": list(record.tags),
        "note": record.note or "",
        "epochs": run.epochs_done,
        "parameters": record.parameters,
        "training time": record.training_seconds or None,
        "who": record.who or "",
        "id": run.id,
    }
