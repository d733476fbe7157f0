"""Slow imports, paid in the background once the first page stands."""

import gc
import threading

import streamlit as st

from explorer.jobs import ensure_worker


@st.cache_resource(show_spinner=False)
def in_background() -> threading.Thread:
    """Start the worker and the imports, once a server; the thread, so that a test can wait for it."""
    thread = threading.Thread(target=_warm, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    ensure_worker()
    # In the order in which a visitor will need them: the live curves first.
    import pandas  # noqa: F401, I001
    import altair  # noqa: F401
    import torch
    import captum.attr  # noqa: F401

    torch.empty(1, device="meta").normal_()  # shapes without numbers: their first use imports 900 modules (4 s of CPU)

    # Streamlit collects garbage after every run: what was just imported will never be garbage, so take it out of
    # the collector's sight (255 ms a run otherwise, 19 ms with it).
    gc.collect()
    gc.freeze()
