"""Importing PyTorch takes seconds, and so does reading thousands of runs for the first time: a visitor who comes before
they are ready is told so at once."""

import threading
from contextlib import suppress

import streamlit as st

from explorer.runs.folder import checkpoints_folder
from explorer.runs.listing import has_read
from explorer.runs.store import listed

SENTENCE = "Loading PyTorch: about 5 seconds, once …"  # on two cores with nothing else to do
READING = "Reading the runs of this server, once …"
_there = threading.Event()


def import_torch() -> None:
    """Import torch, once per process; later callers wait until it is done."""
    import torch  # noqa: F401

    _there.set()


def has_torch() -> bool:
    """Whether torch has been imported, so that nobody has to wait for it."""
    return _there.is_set()


def torch_first() -> None:
    """Called before anything that needs torch: tells the visitor to wait until it is imported."""
    if not has_torch():
        with st.spinner(SENTENCE, show_time=True):
            import_torch()


def read_runs() -> None:
    """Read all runs of the folder before the first visitor asks for them. A folder that cannot be read is for pages to
    say."""
    with suppress(OSError):
        listed()


def runs_first() -> None:
    """Called before a page: tells the visitor to wait until all runs have been read once."""
    if not has_read(checkpoints_folder()):
        with st.spinner(READING, show_time=True):
            read_runs()
