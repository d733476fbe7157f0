"""Slow imports, paid in the background once the first page stands."""

import gc
import threading
import time

import streamlit as st

from explorer.jobs import ensure_worker
from explorer.ui.serving.loading import import_torch

# A class arrives within a second: what is imported meanwhile would be in everybody's way.
SECONDS_OF_REST = 0.5  # without the end of a page, before anything is imported
SECONDS_AT_MOST = 5.0  # after the first page
_ended: dict[str, float] = {}  # when the last page did


def in_background() -> threading.Thread:
    """After each page: the first time a server shows one, begin with the worker and the imports as soon as the visitors
    who come with the first one have theirs. The thread, so that a test can wait for it."""
    _ended["last"] = time.monotonic()
    return _thread()


@st.cache_resource(show_spinner=False)
def _thread() -> threading.Thread:
    thread = threading.Thread(target=_warm, name="warm-up", daemon=True)
    thread.start()
    return thread


def _warm() -> None:
    end = time.monotonic() + SECONDS_AT_MOST
    while time.monotonic() < min(end, _ended["last"] + SECONDS_OF_REST):
        time.sleep(0.1)
    ensure_worker()
    # In the order in which a visitor will need them: the live curves first.
    import pandas  # noqa: F401, I001
    import altair  # noqa: F401

    import_torch()
    import captum.attr  # noqa: F401

    # Streamlit collects garbage after every run: what was just imported will never be garbage, so take it out of
    # the collector's sight (255 ms a run otherwise, 19 ms with it).
    gc.collect()
    gc.freeze()
