"""The runs so far, as a table."""

import numpy as np
import streamlit as st

from explorer.runs import Run, store
from explorer.runs.names import run_names
from explorer.ui.markdown import literal

PERCENT = st.column_config.NumberColumn(format="%.1f %%")


def in_percent(fraction: float | None) -> float | None:
    """A fraction in per cent; None stays None, an empty cell."""
    return None if fraction is None else 100 * fraction


def balanced_test_accuracy(run: Run) -> float | None:
    """A fraction; of older runs, too. None of a run that has not finished."""
    from explorer.training.evaluation import balanced_accuracy

    if not run.record.test or not run.record.test.confusion:
        return None
    confusion = np.array(run.record.test.confusion)
    return balanced_accuracy(confusion.diagonal(), confusion.sum(axis=1))


def runs_table(runs: list[Run]) -> None:
    """The newest first; accuracies in per cent, times in seconds."""
    names = run_names(runs)
    rows = [
        {
            "run": names[run.id],
            "status": run.status,
            "data": run.config.dataset,
            "model": run.config.model,
            "starts from": _start(run),
            "epochs": run.epochs_done,
            "best validation accuracy": in_percent(run.best_validation_accuracy),
            "test accuracy": in_percent(run.test_accuracy),
            "parameters": run.record.parameters,
            "training time": run.record.training_seconds or None,
            "id": run.id,
        }
        for run in runs
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt="All runs with their status, accuracy and training time",
        column_config={
            "best validation accuracy": PERCENT,
            "test accuracy": PERCENT,
            "parameters": st.column_config.NumberColumn(format="compact"),
            "training time": st.column_config.NumberColumn(format="%.1f s"),
        },
    )


def damaged_runs() -> None:
    """The runs that no page can show, each with its reason, and what is kept unread of the others."""
    for damaged in store.damaged_runs():
        st.warning(literal(f"{damaged.id} cannot be read: {damaged.reason}"), icon=":material/warning:")
    for sentence in store.unknown_keys():
        st.caption(literal(sentence))


def _start(run: Run) -> str:
    """The run with the pretrained weights, and what of them is trainable; nothing for a start from random weights."""
    training = run.config.training
    return f"{training.source} ({training.tune})" if training.source else ""
