"""More epochs for a finished run: how many, and what that means."""

import streamlit as st

from explorer import jobs
from explorer.errors import UserError
from explorer.runs import Run
from explorer.runs.further import what_it_does
from explorer.ui.markdown import literal

MOST = 10_000


def offer(run: Run) -> None:
    """Show a button that asks how many epochs, says what they mean, and queues the run."""
    done = run.epochs_done
    if done >= MOST:
        return
    with st.popover("Train further", icon=":material/add:"):
        key = f"further-{run.id}-{done}"
        epochs = st.number_input("Total epochs", done + 1, MOST, min(2 * done, MOST), key=key)
        try:
            st.caption(what_it_does(run, int(epochs)))
        except UserError as error:  # the run is from a newer version, or has no state to continue from
            st.caption(literal(error))
            return
        if st.button("Train", key=f"{key}-go", type="primary", icon=":material/play_arrow:"):
            jobs.train_further(run, int(epochs))
            st.rerun()
