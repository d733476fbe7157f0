"""Importing PyTorch takes seconds: a visitor who comes before it is ready is told so at once."""

import threading

import streamlit as st

SENTENCE = "Loading PyTorch: about 5 seconds, once …"  # on two cores with nothing else to do
_there = threading.Event()


def import_torch() -> None:
    """Import what pages need of torch, once per process; later callers wait until it is done."""
    import torch

    torch.empty(1, device="meta").normal_()  # computing shapes: the first use imports 900 modules (4 s of CPU)
    _there.set()


def has_torch() -> bool:
    """Whether torch has been imported, so that nobody has to wait for it."""
    return _there.is_set()


def torch_first() -> None:
    """Called before anything that needs torch: tells the visitor to wait until it is imported."""
    if not has_torch():
        with st.spinner(SENTENCE, show_time=True):
            import_torch()
