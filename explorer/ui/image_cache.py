"""What is computed from an image, kept so that toggling back costs nothing.

What comes from a sampled image is kept for all visitors; what comes from a person's own image for their session
alone, and `forget` drops it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from explorer.ui import cache

Argument = Any  # of a function that is kept; the last one has `own`
OWN = 64  # results of each function that a session keeps of its own images, at most
_of_own: list[Any] = []  # the cached functions that hold what comes from own images


def by_image(most: int, most_own: int = OWN, hash_funcs: cache.HashFuncs | None = None) -> Callable:
    """Like `st.cache_data` for a function whose last argument has `is_own`: whether it is, or shows, an own image.

    most: results kept for all visitors together. As in Streamlit, an argument whose name begins with an underscore is
    no part of the key.
    """

    def decorate(function: Callable) -> Callable:
        shared = st.cache_data(max_entries=most, show_spinner=False, hash_funcs=hash_funcs)(function)
        of_session = of_own(most_own, hash_funcs)(function)

        @wraps(function)
        def cached(*arguments: Argument) -> object:
            return (of_session if arguments[-1].is_own else shared)(*arguments)

        return cached

    return decorate


def of_own(most: int = OWN, hash_funcs: cache.HashFuncs | None = None) -> Callable:
    """`st.cache_data` for a function of own images alone: a cache for each session."""

    def decorate(function: Callable) -> Callable:
        of_session = st.cache_data(max_entries=most, show_spinner=False, scope="session", hash_funcs=hash_funcs)(
            function
        )
        _of_own.append(of_session)
        return of_session

    return decorate


def forget() -> None:
    """Drop all that this session has computed from its own images."""
    for cached in _of_own:
        cached.clear()
