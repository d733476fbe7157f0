"""Streamlit's widgets with a value that is kept across pages and stored in the link.

`shown` is passed on to Streamlit. Nothing is cut off: options that do not fit in a row continue in the next. A `hidden`
widget, as in a presentation, keeps its last value. A default that depends on other choices is wrapped in `Follows`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from explorer.ui.choices.kinds import Number, OneOf, SomeOf, Switch, Text
from explorer.ui.choices.session import Follows, choose

T = TypeVar("T")
N = TypeVar("N", int, float)
Shown = Any  # an argument of Streamlit's widget, which defines its type


def selectbox(
    label: str,
    options: Sequence[T],
    key: str,
    default: T | Follows[T] | None = None,
    format_func: Callable[[T], str] = str,
    was: Mapping[str, T] | None = None,
    always: bool = False,
    hidden: bool = False,
    **shown: Shown,
) -> T:
    """Like `st.selectbox`. `default`: the first option if None. `was`: what older links call an option."""

    def widget() -> T:
        return st.selectbox(label, options, key=key, format_func=format_func, **shown)

    choice = OneOf(tuple(options), format_func, was or {})
    return choose(key, label, choice, _first(options, default), None if hidden else widget, always)


def segmented(
    label: str,
    options: Sequence[T],
    key: str,
    default: T | Follows[T] | None = None,
    format_func: Callable[[T], str] = str,
    was: Mapping[str, T] | None = None,
    hidden: bool = False,
    **shown: Shown,
) -> T:
    """Like `st.segmented_control`, with exactly one choice. `default`: the first option if None."""

    def widget() -> T:
        return st.segmented_control(label, options, required=True, key=key, format_func=format_func, wrap=True, **shown)

    choice = OneOf(tuple(options), format_func, was or {})
    return choose(key, label, choice, _first(options, default), None if hidden else widget)


def select_slider(
    label: str, options: Sequence[T], key: str, default: T | None = None, hidden: bool = False, **shown: Shown
) -> T:
    """Like `st.select_slider` with one handle. `default`: the first option if None."""

    def widget() -> T:
        return st.select_slider(label, options, key=key, **shown)

    return choose(key, label, OneOf(tuple(options)), _first(options, default), None if hidden else widget)


def multiselect(
    label: str,
    options: Sequence[T],
    key: str,
    default: Sequence[T] | Follows[list[T]] = (),
    format_func: Callable[[T], str] = str,
    was: Mapping[str, T] | None = None,
    always: bool = False,
    hidden: bool = False,
    **shown: Shown,
) -> list[T]:
    """Like `st.multiselect`, in the order in which the options were chosen."""

    def widget() -> list[T]:
        return st.multiselect(label, options, key=key, format_func=format_func, wrap=True, **shown)

    choice = SomeOf(tuple(options), format_func, was or {})
    return choose(key, label, choice, _listed(default), None if hidden else widget, always)


def pills(
    label: str,
    options: Sequence[T],
    key: str,
    default: Sequence[T] = (),
    format_func: Callable[[T], str] = str,
    was: Mapping[str, T] | None = None,
    hidden: bool = False,
    **shown: Shown,
) -> list[T]:
    """Like `st.pills` with any number of choices."""

    def widget() -> list[T]:
        return st.pills(label, options, selection_mode="multi", key=key, format_func=format_func, wrap=True, **shown)

    choice = SomeOf(tuple(options), format_func, was or {})
    return choose(key, label, choice, list(default), None if hidden else widget)


def number_input(label: str, low: N, high: N, default: N, key: str, hidden: bool = False, **shown: Shown) -> N:
    """Like `st.number_input`; whole numbers if the bounds are."""

    def widget() -> N:
        return st.number_input(label, low, high, key=key, **shown)

    return choose(key, label, Number(low, high), default, None if hidden else widget)


def slider(label: str, low: N, high: N, default: N | Follows[N], key: str, hidden: bool = False, **shown: Shown) -> N:
    """Like `st.slider` with one handle; whole numbers if the bounds are."""

    def widget() -> N:
        return st.slider(label, low, high, key=key, **shown)

    return choose(key, label, Number(low, high), default, None if hidden else widget)


def toggle(label: str, key: str, default: bool | Follows[bool] = False, hidden: bool = False, **shown: Shown) -> bool:
    """Like `st.toggle`."""

    def widget() -> bool:
        return st.toggle(label, key=key, **shown)

    return choose(key, label, Switch(), default, None if hidden else widget)


def checkbox(label: str, key: str, default: bool = False, hidden: bool = False, **shown: Shown) -> bool:
    """Like `st.checkbox`."""

    def widget() -> bool:
        return st.checkbox(label, key=key, **shown)

    return choose(key, label, Switch(), default, None if hidden else widget)


def text_input(label: str, key: str, default: str = "", most: int = 500, hidden: bool = False, **shown: Shown) -> str:
    """Like `st.text_input` with at most `most` characters."""

    def widget() -> str:
        return st.text_input(label, key=key, max_chars=most, **shown)

    return choose(key, label, Text(most), default, None if hidden else widget)


def held(key: str, label: str, most: int = 300) -> str:
    """A short text that no widget shows, such as a layer clicked in a diagram; "" by default. `put` changes it."""
    return choose(key, label, Text(most), "")


def _first(options: Sequence[T], default: T | Follows[T] | None) -> T | Follows[T]:
    return options[0] if default is None else default


def _listed(default: Sequence[T] | Follows[list[T]]) -> list[T] | Follows[list[T]]:
    return default if isinstance(default, Follows) else list(default)
