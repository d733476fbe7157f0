"""Checking a report that somebody hands in: every line is computed again from the runs."""

import streamlit as st

from explorer.errors import UserError
from explorer.report.verify import other_version, verify
from explorer.text import plural
from explorer.ui.markdown import literal
from explorer.ui.report import making
from explorer.ui.serving import uploads

LARGEST_MB = 20
LISTED = 20  # differences shown


def offer() -> None:
    """Show an upload below the page. Raises UserError if the file is not a report, or if its runs are not here."""
    with st.expander("Check a report that was handed in", icon=":material/fact_check:"):
        with st.form("check-report", border=False):
            file = st.file_uploader(
                "A report of this app, as one HTML file", ["html", "htm"], max_upload_size=LARGEST_MB, key="report-file"
            )
            pressed = st.form_submit_button("Check every line", icon=":material/fact_check:")
        if pressed and file is not None:
            _check(file.getvalue())


def _check(content: bytes) -> None:
    if len(content) > LARGEST_MB * uploads.MEGABYTE:  # the browser's limit does not bind a script
        raise UserError(f"The file has more than {LARGEST_MB} MB: a report of this app is smaller.")
    try:
        page = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError("The file is not text: hand in the HTML file of a report.") from error
    if older := other_version(page):
        st.caption(literal(older))
    slot = st.empty()

    def progress(share: float) -> None:
        slot.progress(share, "Computing every line again …")

    with making.in_turn(progress):
        found = verify(page, progress=lambda share, _: progress(share))
    slot.empty()
    if not found:
        st.success("Every line agrees with the runs.", icon=":material/verified:")
        return
    st.warning(f"{plural(len(found), 'difference')}: the report does not agree with the runs.")
    st.markdown("\n".join(f"- {literal(sentence)}" for sentence in found[:LISTED]))
    if len(found) > LISTED:
        st.caption(f"And {len(found) - LISTED:,} more.")
