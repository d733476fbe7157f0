"""The runs that no table can show."""

import streamlit as st

from explorer.runs import store
from explorer.ui.markdown import literal


def damaged_runs() -> None:
    """Show the runs that no page can show, each with the reason, and entries of other runs that are kept but not
    understood."""
    for damaged in store.damaged_runs():
        st.warning(literal(f"{damaged.id} cannot be read: {damaged.reason}"), icon=":material/warning:")
    for sentence in store.unknown_keys():
        st.caption(literal(sentence))
