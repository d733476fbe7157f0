"""PyTorch takes seconds to import: whoever comes before it is there reads so at once."""

import threading

import streamlit as st

SENTENCE = "Loading PyTorch: about 5 seconds, once …"  # on two cores with nothing else to do
_there = threading.Event()


def import_torch() -> None:
    """What pages need of it, once a process; who comes meanwhile waits."""
    import torch

    torch.empty(1, device="meta").normal_()  # shapes without numbers: their first use imports 900 modules (4 s of CPU)
    _there.set()


def has_torch() -> bool:
    """Whether nobody has to wait for it any more."""
    return _there.is_set()


def torch_first() -> None:
    """Before what needs it: says so to this visitor until it is there."""
    if not has_torch():
        with st.spinner(SENTENCE, show_time=True):
            import_torch()
