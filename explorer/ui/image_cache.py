"""Caches for results computed from an image, so that going back to an earlier choice costs nothing.

Results from a sampled image are shared by all visitors; results from a visitor's own image belong to their session, and
`forget` drops them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st

from explorer.ui import cache

Argument = Any  # an argument of a cached function; the last one has `is_own`
OWN = 64  # results that a session keeps of each function for its own images
_of_own: list[Any] = []  # the cached functions with results from own images


def by_image(most: int, most_own: int = OWN, hash_funcs: cache.HashFuncs | None = None) -> Callable:
    """Like `st.cache_data`, for a function whose last argument has `is_own`: whether it is, or shows, an own image.

    `most`: results kept for all visitors together. As in Streamlit, an argument whose name begins with an underscore is
    not part of the key.
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
    """`st.cache_data` for a function that takes only own images: one cache per session."""

    def decorate(function: Callable) -> Callable:
        of_session = st.cache_data(max_entries=most, show_spinner=False, scope="session", hash_funcs=hash_funcs)(
            function
        )
        _of_own.append(of_session)
        return of_session

    return decorate


def forget() -> None:
    """Drop everything that this session has computed from its own images."""
    for cached in _of_own:
        cached.clear()
