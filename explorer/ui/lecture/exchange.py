"""A lecture as a file: export and import."""

import streamlit as st

from explorer.lecture import Lecture, from_json, to_json
from explorer.ui import navigation
from explorer.ui.lecture import session

LARGEST_MB = 1


def exchange(lecture: Lecture | None) -> None:
    """Show both side by side. If a file is not a lecture, the page shows why."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if lecture and lecture.views:
            st.download_button(
                "Export",
                to_json(lecture),
                "lecture.json",
                "application/json",
                icon=":material/download:",
                on_click="ignore",
            )
    with st.form("import-lecture", clear_on_submit=True, border=False):
        file = st.file_uploader(
            "Import a lecture in place of mine", ["json"], max_upload_size=LARGEST_MB, key="lecture-file"
        )
        if st.form_submit_button("Import", icon=":material/upload:") and file is not None:
            session.choose(from_json(file.getvalue(), navigation.by_path()))
            st.rerun()
