"""Suppresses Pillow's warnings about odd metadata, which nobody reads here."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_inside: list[warnings.catch_warnings] = []  # shared by everybody who is inside


@contextmanager
def quiet() -> Generator[None]:
    """No warning is shown while anybody is inside.

    Python's list of ignored warnings is shared by all threads. It is locked at both ends, not in between, so nobody
    waits for another's image.
    """
    with _lock:
        if _inside:
            caught = _inside[-1]
        else:
            caught = warnings.catch_warnings()
            caught.__enter__()
            warnings.simplefilter("ignore")
        _inside.append(caught)
    try:
        yield
    finally:
        with _lock:
            _inside.pop()
            if not _inside:
                caught.__exit__(None, None, None)
