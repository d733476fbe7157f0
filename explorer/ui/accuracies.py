"""Accuracies in tables of runs."""

import numpy as np
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from explorer.runs import Run

PERCENT = st.column_config.NumberColumn(format="%.1f %%")


def accuracy(label: str, help: str) -> ColumnConfig:
    """A column of percentages, only as wide as its name, so that the names of the runs beside it fit on a phone."""
    return st.column_config.NumberColumn(label, format="%.1f %%", width=82, help=help)


def in_percent(fraction: float | None) -> float | None:
    """The fraction as a percentage; None stays None and shows as an empty cell."""
    return None if fraction is None else 100 * fraction


def balanced_test_accuracy(run: Run) -> float | None:
    """A fraction, also for runs of older versions. None if the run has not finished."""
    from explorer.training.evaluation import balanced_accuracy

    if not run.record.test or not run.record.test.confusion:
        return None
    confusion = np.array(run.record.test.confusion)
    return balanced_accuracy(confusion.diagonal(), confusion.sum(axis=1))
