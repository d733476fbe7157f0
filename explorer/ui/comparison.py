"""Several runs against each other, in a sentence and in a table."""

import streamlit as st

from explorer.charts.formatting import percent
from explorer.insights.statistics import wilson
from explorer.runs import Run
from explorer.runs.history import epoch_rows
from explorer.ui.runs_table import PERCENT, in_percent


def leader(runs: list[Run]) -> str:
    """Which run has the best validation accuracy, and whether the images can tell it from the next one."""
    ranked = sorted((run for run in runs if run.epochs_done), key=lambda run: -run.best_validation_accuracy)
    first = ranked[0]
    text = f"{first.id} reaches {percent(first.best_validation_accuracy)} of the validation images"
    if len(ranked) == 1:
        return f"{text}, in epoch {first.info['best']['epoch']}."
    second = ranked[1]
    text += f", {second.id} {percent(second.best_validation_accuracy)}"
    if first.config.dataset != second.config.dataset:
        return f"{text}: on different data, so the two figures cannot be compared."
    low, _ = interval(first)
    _, high = interval(second)
    if low <= high:
        n = first.info["dataset"]["images"]["validation"]
        return f"{text}: too close to tell apart with {n:,} validation images and one seed each."
    return f"{text}: more than the choice of images explains; one seed each cannot say that the architecture did it."


def interval(run: Run) -> tuple[float, float]:
    """95 % Wilson interval of the best validation accuracy."""
    n = run.info["dataset"]["images"]["validation"]
    return wilson(round(run.best_validation_accuracy * n), n)


def cost_table(runs: list[Run]) -> None:
    """Parameters, best accuracy with its interval, seconds and images a second; click a column to sort."""
    st.dataframe(
        [_row(run) for run in runs if run.epochs_done],
        hide_index=True,
        alt="Parameters, accuracy and speed of each run",
        column_config={
            "parameters": st.column_config.NumberColumn(format="localized"),
            "best validation accuracy": PERCENT,
            "test accuracy": st.column_config.NumberColumn(
                format="%.1f %%", help="With the weights of the best epoch; looked at once, when the run had ended."
            ),
            "training time": st.column_config.NumberColumn(format="%.1f s"),
            "seconds an epoch": st.column_config.NumberColumn(format="%.2f s"),
            "images a second": st.column_config.NumberColumn(
                format="localized", help="Training alone, mean over epochs."
            ),
        },
    )


def _row(run: Run) -> dict[str, object]:
    rows, (low, high) = epoch_rows(run), interval(run)
    return {
        "run": run.id,
        "parameters": run.info["parameters"],
        "best validation accuracy": in_percent(run.best_validation_accuracy),
        "95 % interval": f"{percent(low)} to {percent(high)}",
        "at epoch": run.info["best"]["epoch"],
        "test accuracy": in_percent((run.info.get("test") or {}).get("accuracy")),
        "training time": run.info["training_seconds"],
        "seconds an epoch": run.info["training_seconds"] / len(rows),
        "images a second": round(sum(row["images_per_second"] for row in rows) / len(rows)),
        "device": run.info["device"]["name"],
    }
