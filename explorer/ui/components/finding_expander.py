"""A finding on a page: its sentence opens to show its rule, its numbers and its chart."""

from collections.abc import Callable

import streamlit as st

from explorer.charts.formatting import number
from explorer.insights.findings.finding import Finding
from explorer.ui.markdown import literal


def show(finding: Finding, key: str, show_chart: Callable[[], None]) -> None:
    """Show a finding. `show_chart()` draws its chart; rule, numbers and chart are made only when somebody opens it."""
    with st.expander(literal(finding.sentence), key=key, on_change="rerun") as opened:
        if not opened.open:
            return
        threshold = "" if finding.threshold is None else f" Threshold: {number(finding.threshold)}."
        st.markdown(f"**Rule.** {literal(finding.rule + threshold)}")
        left, right = st.columns([2, 3])
        values = [{"what": name, "value": number(float(value))} for name, value in finding.numbers.items()]
        left.dataframe(values, hide_index=True, alt="The numbers behind the finding")
        with right:
            show_chart()
