"""What a visitor sees when something fails: one sentence, never a traceback and never Streamlit's own box."""

from datetime import datetime

import streamlit as st

from explorer.errors import UserError, disk_problem
from explorer.ui.markdown import literal


def show(error: Exception) -> bool:
    """Show the error where it happened: on the page, in the fragment that ran, or above the page after a click.

    Wrong input explains itself. All else is ours to mend: Streamlit has written its traceback to the server's log,
    where the time of the sentence finds it. Returns True, which tells Streamlit to show nothing else.
    """
    if isinstance(error, UserError):
        st.error(literal(error), icon=":material/error:")
    elif sentence := disk_problem(error):
        st.error(literal(sentence), icon=":material/error:")
    else:
        st.error(
            f"This page failed ({type(error).__name__}, {datetime.now():%H:%M:%S} on the server). Reload it; if it "
            f"fails again, choose other runs or go to Home. Runs in training continue. The server's log has the "
            f"details.",
            icon=":material/error:",
        )
    return True
