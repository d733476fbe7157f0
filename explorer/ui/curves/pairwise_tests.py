"""Whether the test images are enough to tell the chosen networks apart."""

import streamlit as st

from explorer.insights.findings.pairwise_tests import (
    PairwiseTest,
    RunPredictions,
    networks_that_differ,
    not_comparable,
    pairwise_tests,
    predictions_of,
)
from explorer.insights.findings.wording import points
from explorer.ui import saving
from explorer.ui.curves.comparison import BY_COMPARISON, Comparison
from explorer.ui.markdown import literal

LISTED = 3  # reasons why a run cannot be compared


def show(compared: Comparison) -> None:
    """Show McNemar's test and the bootstrap for every pair of runs with the same test images, in words and in a
    table."""
    if len(compared.runs) < 2:
        return
    st.subheader("Pairwise tests on the test images", anchor=False)
    pairs, reasons = _measured(compared)
    if found := networks_that_differ(pairs):
        st.markdown(literal(found.sentence))
    if len(pairs) > 1:
        _table(pairs)
    for reason in reasons[:LISTED]:
        st.caption(literal(reason))
    if len(reasons) > LISTED:
        st.caption(f"The same applies to {len(reasons) - LISTED} more.")
    if pairs:
        st.caption(
            "Exact McNemar test on the images that only one of two networks classifies correctly; the interval is a "
            "paired "
            "bootstrap of the test images, 10,000 draws. **They compare these trained networks, not their "
            "architectures:** they do not include the spread between seeds. To test architectures, train two or more "
            "seeds of each and group by “all but the seed”: the findings above then test the means."
        )


@st.cache_data(max_entries=64, show_spinner="Comparing predictions …", hash_funcs=BY_COMPARISON)
def _measured(compared: Comparison) -> tuple[list[PairwiseTest], list[str]]:
    """(tests of pairs, reasons why other runs cannot be compared)."""
    predictions = [predictions_of(run, name) for run, name in zip(compared.runs, compared.names, strict=True)]
    of_runs = [of_run for of_run in predictions if isinstance(of_run, RunPredictions)]
    return pairwise_tests(of_runs), [
        *not_comparable(of_runs),
        *(of_run for of_run in predictions if isinstance(of_run, str)),
    ]


def _table(pairs: list[PairwiseTest]) -> None:
    rows = [
        {
            "first": pair.a,
            "second": pair.b,
            "told apart": pair.is_sure,
            "difference": 100 * pair.difference.value,
            "95 % interval": f"{points(pair.difference.low)} to {points(pair.difference.high)}",
            "only first correct": pair.only_a,
            "only second correct": pair.only_b,
            "test images": pair.n,
            "p, this pair": pair.p,
            "p, Holm": pair.adjusted,
        }
        for pair in pairs
    ]
    saving.dataframe(
        rows,
        hide_index=True,
        alt="Exact McNemar test and bootstrap interval of every pair of runs",
        column_config={
            "difference": st.column_config.NumberColumn(
                format="%+.1f", help="Test accuracy of the first minus that of the second, in percentage points."
            ),
            "p, this pair": st.column_config.NumberColumn(format="%.2g"),
            "p, Holm": st.column_config.NumberColumn(
                format="%.2g", help="Adjusted for all pairs: compare each value with 0.05."
            ),
        },
    )
