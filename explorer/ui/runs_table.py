"""The runs so far, as a table."""

import streamlit as st

from explorer.runs import Run


def runs_table(runs: list[Run]) -> None:
    """The newest first; accuracies in per cent, times in seconds."""
    rows = [
        {
            "run": run.id,
            "status": run.status,
            "data": run.config.dataset,
            "model": run.config.model,
            "epochs": run.epochs_done,
            "best validation accuracy": run.best_validation_accuracy,
            "test accuracy": (run.info.get("test") or {}).get("accuracy"),
            "parameters": run.info.get("parameters"),
            "training time": run.info.get("training_seconds"),
        }
        for run in runs
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt="All runs with their status, accuracy and training time",
        column_config={
            "best validation accuracy": st.column_config.NumberColumn(format="percent"),
            "test accuracy": st.column_config.NumberColumn(format="percent"),
            "parameters": st.column_config.NumberColumn(format="compact"),
            "training time": st.column_config.NumberColumn(format="%.1f s"),
        },
    )
