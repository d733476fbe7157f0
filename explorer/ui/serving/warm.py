"""Slow imports, done in the background once the first page is shown."""

import gc
import threading
import time

import streamlit as st

from explorer.jobs import ensure_worker
from explorer.ui.serving.loading import import_torch

# A class arrives within a second; imports during that time would slow down everybody.
SECONDS_OF_REST = 0.5  # without a new page, before anything is imported
SECONDS_AT_MOST = 5.0  # when the first page was shown
_ended: dict[str, float] = {}  # when the last page was shown


def in_background() -> threading.Thread:
    """Called after each page. The first time, starts the worker and the imports, as soon as the visitors who came
    together have their pages. Returns the thread, so that a test can wait for it."""
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
    import torch

    # Last, for what computes shapes without numbers, such as Architecture: its first use imports 900 modules.
    torch.empty(1, device="meta").normal_()

    # Streamlit collects garbage after every run. What was just imported never becomes garbage, so hide it from the
    # collector (255 ms a run otherwise, 19 ms with it).
    gc.collect()
    gc.freeze()
