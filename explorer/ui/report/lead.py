"""The button on other pages that leads to a report about what they show."""

from collections.abc import Sequence

import streamlit as st

from explorer.report.request import size_key, study_sizes
from explorer.runs import Run
from explorer.ui import choices, navigation

ABOUT, STUDY, SIZE = "about", "report-study", "report-size"  # choices of the Report page
RUNS, LECTURE = "runs", "lecture"  # subjects of a report other than a study


def button(study: str = "", runs: Sequence[Run] = ()) -> None:
    """Show "Make a report": about the chosen runs, or about a study at the size that `runs` belong to."""
    if study and not any(run.status == "finished" for run in runs):
        return
    if st.button(
        "Make a report", icon=":material/description:", help="One file to hand in, which can be checked.", key="report"
    ):
        choices.put(ABOUT, "study" if study else RUNS)
        if study:
            ids = {run.id for run in runs}
            sizes = {size_key(of_size): len(ids & {run.id for run in of_size}) for _, of_size in study_sizes(study)}
            choices.put(STUDY, study)
            choices.put(SIZE, max(sizes, key=sizes.__getitem__))
        st.switch_page(navigation.REPORT.page())
