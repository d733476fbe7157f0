"""Accuracies in tables of runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from explorer.runs import Run
from explorer.text import percent
from explorer.ui.saving import Written

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "%.1f %%"
PERCENT = st.column_config.NumberColumn(format=FORMAT)


def accuracy(label: str, help: str) -> ColumnConfig:
    """A column of percentages, only as wide as its name, so that the names of the runs beside it fit on a phone."""
    return st.column_config.NumberColumn(label, format=FORMAT, width=82, help=help)


def in_percent(fraction: float | None) -> float | None:
    """The fraction as a percentage; None stays None and shows as an empty cell."""
    return None if fraction is None else 100 * fraction


def written(frame: "pd.DataFrame", names: Sequence[str]) -> Written:
    """For `saving.dataframe`: the columns of percentages in which FORMAT writes a cell otherwise than `percent`, as
    100.0 % for 100 % or for > 99.9 %. The others need no style, which takes its time in a table of hundreds of runs."""
    return {name: _in_words for name in names if name in frame and any(map(_is_odd, frame[name].dropna()))}


def _in_words(percentage: float) -> str:
    return percent(percentage / 100)


def _is_odd(percentage: float) -> bool:
    return FORMAT % percentage != _in_words(percentage)


def balanced_test_accuracy(run: Run) -> float | None:
    """A fraction, also for runs of older versions. None if the run has not finished."""
    from explorer.training.evaluation import balanced_accuracy

    if not run.record.test or not run.record.test.confusion:
        return None
    confusion = np.array(run.record.test.confusion)
    return balanced_accuracy(confusion.diagonal(), confusion.sum(axis=1))
