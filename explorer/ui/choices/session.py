"""What a visitor has chosen: one way in which every widget's value is kept from page to page and stands in the link.

A choice lives in its widget while the page shows it, in the session while it does not, and in the link, so that it can
be sent, reloaded and gone back to. Once in each script run it is decided who is right: where the link is not the one
that this session wrote last, somebody has followed a link, pressed Back or Forward, or reloaded, and the link is right;
else the widget is, and the link is written anew. A link leaves out what is at its default, and holds keys, not labels.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.choices.kinds import Choice
from explorer.ui.markdown import literal

STATE = "choices"
OLD_KEYS = {"architecture-part": "part"}  # as links of version 0.1 name a choice
Link = dict[str, tuple[str, ...]]
T = TypeVar("T")
Value = Any  # of a widget: whoever knows its key knows its type


MOST_VISITS = 5


@dataclass(frozen=True)
class Visit:
    """A page that this session has left, and its link by then."""

    page: str
    query: dict[str, list[str]]


@dataclass
class _State:
    """Of one session."""

    page: str = ""
    values: dict[str, Value] = field(default_factory=dict)  # the value of every widget that was ever shown
    written: Link = field(default_factory=dict)  # the link as this session wrote it last
    link: Link = field(default_factory=dict)  # the link as this run found it
    link_is_right: bool = False
    current: Link = field(default_factory=dict)  # what the link is to hold
    notices: list[str] = field(default_factory=list)  # sentences about parts of the link that do not fit
    notices_at: DeltaGenerator | None = None  # the container that shows them
    arrived: bool = False  # whether this run is the first on its page
    visits: list[Visit] = field(default_factory=list)  # of each page the last one, the newest first
    in_run: bool = False  # whether the whole page runs, not a fragment of it
    showing: set[str] = field(default_factory=set)  # the keys of the widgets that this run has shown so far
    on_screen: set[str] = field(default_factory=set)  # of those that the browser still shows from runs before it


def _state() -> _State:
    if STATE not in st.session_state:
        st.session_state[STATE] = _State()
    return st.session_state[STATE]


@contextmanager
def of_page(page: str) -> Generator[None]:
    """Around the script of a page: the link is read before it, and written once behind it."""
    state = _state()
    followed = state.in_run and state.link_is_right  # by a run that was cut short, which wrote nothing
    state.link = _found()
    state.link_is_right = followed or state.link != state.written if page == state.page else bool(state.link)
    state.arrived = page != state.page
    if state.arrived and state.page:
        left = Visit(state.page, {key: list(parts) for key, parts in state.written.items()})
        state.visits = [left, *(visit for visit in state.visits if visit.page != left.page)][:MOST_VISITS]
    if state.in_run:  # the run before was cut short by this one: the browser shows all that was there, and what came
        state.on_screen |= state.showing
    state.page, state.current, state.notices, state.in_run, state.showing = page, {}, [], True, set()
    state.notices_at = st.container()
    try:
        yield
    except Exception:
        finish()
        raise
    finish()


def finish() -> None:
    """Write the link and show the notices. A page that ends early by `st.stop` calls this first: nothing can be written
    after it."""
    state = _state()
    if state.in_run:
        state.on_screen = state.showing
    state.in_run = state.link_is_right = state.arrived = False
    _write(state)
    if state.notices and state.notices_at is not None:
        state.notices_at.info(literal(" ".join(state.notices)), icon=":material/link_off:")
    state.notices, state.notices_at = [], None


def _found() -> Link:
    return {key: tuple(st.query_params.get_all(key)) for key in st.query_params}


def _write(state: _State) -> None:
    if state.current != _found():
        st.query_params.from_dict({key: list(parts) for key, parts in state.current.items()})
    state.written = dict(state.current)


def notice(sentence: str) -> None:
    """Say above the page which part of the link does not fit, and what is shown instead."""
    _state().notices.append(sentence)


def linked(key: str) -> tuple[str, ...] | None:
    """What the link says of a choice, where the link is right; None where it is not, or does not name it."""
    state = _state()
    return state.link.get(key) if state.link_is_right else None


def visited() -> list[Visit]:
    """What this session looked at before this page, the newest first."""
    return [visit for visit in _state().visits if visit.page != _state().page]


def shown_link() -> tuple[str, Mapping[str, Sequence[str]]]:
    """(page, query) of what is on the screen: in a callback, what the visitor saw when they pressed."""
    state = _state()
    return state.page, state.written


def put(key: str, value: object) -> None:
    """Choose for the visitor: in a callback, or before the widget of `key` is shown in this run."""
    _state().values[key] = value
    st.session_state.pop(key, None)


def value_of(key: str, default: object = None) -> Value:
    """What was chosen last, on whatever page."""
    return st.session_state.get(key, _state().values.get(key, default))


def choose(
    key: str,
    label: str,
    choice: Choice[T],
    default: T,
    widget: Callable[[], T] | None = None,
    always: bool = False,
) -> T:
    """What is chosen under `key`, by `widget`, which shows this key of the session's state, or without one.

    default: the value at first, which a link leaves out unless `always`.
    """
    state = _state()
    value = _wanted(state, key, label, choice, default)
    if widget is not None:
        # The session may hold this value from a widget that was here before, of which the one to come does not know:
        # on another page, or on this one before a run that ended early.
        new = state.arrived or state.link_is_right or key not in state.on_screen or key not in st.session_state
        if new or st.session_state[key] != value:
            st.session_state[key] = value
        (state.showing if state.in_run else state.on_screen).add(key)
        value = choice.nearest(widget(), default)  # a browser can send what no widget of ours offers
    state.values[key] = value
    parts = choice.encode(value)
    state.current.pop(key, None)
    if always or parts != choice.encode(default):
        state.current[key] = parts
    if not state.in_run:
        _write(state)
    return value


def _wanted(state: _State, key: str, label: str, choice: Choice[T], default: T) -> T:
    """What is to be chosen before the visitor does."""
    if not state.link_is_right:
        return choice.nearest(st.session_state.get(key, state.values.get(key, default)), default)
    parts = state.link.get(key) or state.link.get(OLD_KEYS.get(key, key))
    if not parts:
        return default
    value, wrong = choice.decode(parts, default)
    if wrong:
        shown = ", ".join(choice.shown(value)) or "nothing"
        state.notices.append(
            f"The link asks for {label} {', '.join(wrong)}, which is not available here. Shown instead: {shown}."
        )
    return value
