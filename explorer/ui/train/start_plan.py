"""What is missing of a plan of runs: one button for all of it, and how long it will take."""

from collections.abc import Callable

import streamlit as st

from explorer.charts.formatting import seconds
from explorer.runs.check import check
from explorer.studies import PlannedRun
from explorer.ui import page
from explorer.ui.train import estimate


def offer(plan: list[PlannedRun], submit: Callable[[], object], note: str = "") -> None:
    """A button that queues what is missing, checked beforehand. `note`: said before the time that it will take."""
    missing = [planned for planned in plan if not planned.run or planned.run.status in ("stopped", "failed")]
    if not missing or page.presenting():
        return
    for planned in {(planned.variant, planned.config.model): planned for planned in missing}.values():
        check(planned.config)
    begun = len(missing) < len(plan)
    label = f"Train the remaining {len(missing)} of {len(plan)} runs" if begun else f"Start {len(plan)} runs"
    time = seconds(max(1, round(estimate.expected_seconds([planned.config for planned in missing]))))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(label, type="primary", icon=":material/play_arrow:"):
            submit()
            st.rerun()
        st.caption(f"{note}About {time} on this machine; finished runs are reused.")
