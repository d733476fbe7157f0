"""Accuracies as tables of runs show them."""

import numpy as np
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from explorer.runs import Run

PERCENT = st.column_config.NumberColumn(format="%.1f %%")


def accuracy(label: str, help: str) -> ColumnConfig:
    """A column of percentages, as narrow as its name: beside it the names of the runs have to fit a telephone."""
    return st.column_config.NumberColumn(label, format="%.1f %%", width=82, help=help)


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
