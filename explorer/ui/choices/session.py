"""What a visitor has chosen: one mechanism keeps the value of every widget across pages and stores it in the link.

A choice lives in its widget while the page shows it, in the session while the page does not, and in the link, so that
it can be sent, reloaded and returned to. Each script run decides once which of them counts. If the link is not the one
that this session wrote last, the visitor has followed a link, pressed Back or Forward, or reloaded: the link counts.
Otherwise the widget counts and the link is rewritten. A link omits values that are at their default, and stores keys,
not labels.

A default may depend on other choices, as the first method of an explanation does on the networks: `Follows`. It is
followed until the visitor chooses by hand or by a link; from then on the choice stays, and the link names it.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.choices.kinds import Choice
from explorer.ui.markdown import literal

STATE = "choices"
OLD_KEYS = {"architecture-part": "part"}  # the names of choices in links of version 0.1
Link = dict[str, tuple[str, ...]]
T = TypeVar("T")
Value = Any  # the value of a widget; code that knows its key knows its type


@dataclass(frozen=True)
class Follows(Generic[T]):
    """A default that depends on other choices; it is computed only if the visitor has not chosen a value."""

    default: Callable[[], T]


MOST_VISITS = 5
UNSEEN = object()  # no value


@dataclass(frozen=True)
class Visit:
    """A page that this session has left, and its link at that moment."""

    page: str
    query: dict[str, list[str]]


@dataclass
class _State:
    """The state of one session."""

    page: str = ""
    values: dict[str, Value] = field(default_factory=dict)  # the values of all widgets shown so far
    written: Link = field(default_factory=dict)  # the link that this session wrote last
    link: Link = field(default_factory=dict)  # the link that this run found
    link_is_right: bool = False
    current: Link = field(default_factory=dict)  # the link to be written
    notices: list[str] = field(default_factory=list)  # sentences about invalid parts of the link
    notices_at: DeltaGenerator | None = None  # the container for the notices
    arrived: bool = False  # whether this run is the first on its page
    visits: list[Visit] = field(default_factory=list)  # the last visit to each page, the newest first
    in_run: bool = False  # whether the whole page is running, not only a fragment
    showing: set[str] = field(default_factory=set)  # keys of the widgets that this run has shown so far
    on_screen: set[str] = field(default_factory=set)  # keys of the widgets still on screen from earlier runs
    picked: set[str] = field(default_factory=set)  # keys whose value the visitor chose, by hand or by a link


def _state() -> _State:
    if STATE not in st.session_state:
        st.session_state[STATE] = _State()
    return st.session_state[STATE]


@contextmanager
def of_page(page: str) -> Generator[None]:
    """Wraps the script of a page: reads the link before it and writes it once after it."""
    state = _state()
    followed = state.in_run and state.link_is_right  # by a run that was cut short and wrote nothing
    state.link = _found()
    state.link_is_right = followed or state.link != state.written if page == state.page else bool(state.link)
    state.arrived = page != state.page
    if state.arrived and state.page:
        left = Visit(state.page, {key: list(parts) for key, parts in state.written.items()})
        state.visits = [left, *(visit for visit in state.visits if visit.page != left.page)][:MOST_VISITS]
    if state.in_run:  # this run cut the last one short: the browser shows its widgets and those before them
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
    """Write the link and show the notices. A page that ends early with `st.stop` calls this first, because nothing can
    be written afterwards."""
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
    """Say at the top of the page which part of the link is invalid and what is shown instead."""
    _state().notices.append(sentence)


def linked(key: str) -> tuple[str, ...] | None:
    """The parts of the link for `key` if the link counts in this run; None if it does not, or has no such key."""
    state = _state()
    return state.link.get(key) if state.link_is_right else None


def visited() -> list[Visit]:
    """The pages that this session visited before this one, the newest first."""
    return [visit for visit in _state().visits if visit.page != _state().page]


def shown_link() -> tuple[str, Mapping[str, Sequence[str]]]:
    """(page, query) of what is on screen; in a callback, what the visitor saw when they pressed the button."""
    state = _state()
    return state.page, state.written


def put(key: str, value: object) -> None:
    """Set a choice for the visitor: in a callback, or before the widget of `key` is shown in this run."""
    _state().values[key] = value
    _state().picked.add(key)
    st.session_state.pop(key, None)


def value_of(key: str, default: object = None) -> Value:
    """The value chosen last, on any page."""
    return st.session_state.get(key, _state().values.get(key, default))


def choose(
    key: str,
    label: str,
    choice: Choice[T],
    default: T | Follows[T],
    widget: Callable[[], T] | None = None,
    always: bool = False,
) -> T:
    """The value chosen under `key`: by `widget`, which shows this key of the session state, or without a widget.

    `default`: the initial value, which a link omits unless `always`. If it follows other choices, a link omits it until
    the visitor has chosen.
    """
    state = _state()
    if isinstance(default, Follows):
        picked = _picked(state, key, choice)
        always = always or picked is not None
        default = default.default() if picked is None else picked
        if picked is None and value_of(key, default) != default:
            state.values[key] = default
            st.session_state.pop(key, None)
    value = _wanted(state, key, label, choice, default)
    if widget is not None:
        # The session may hold this value from a widget that the new one knows nothing about: one on another page, or on
        # this page in a run that ended early.
        new = state.arrived or state.link_is_right or key not in state.on_screen or key not in st.session_state
        if new or st.session_state[key] != value:
            st.session_state[key] = value
        (state.showing if state.in_run else state.on_screen).add(key)
        value = choice.nearest(widget(), default)  # the browser may send a value that none of our widgets offers
    state.values[key] = value
    parts = choice.encode(value)
    state.current.pop(key, None)
    if always or parts != choice.encode(default):
        state.current[key] = parts
    if not state.in_run:
        _write(state)
    return value


def _picked(state: _State, key: str, choice: Choice[Any]) -> Value:
    """What the visitor has chosen by hand or by a link, if it is valid here; else None."""
    value = None
    if state.link_is_right:
        parts = state.link.get(key)
        value = choice.decode(parts, None)[0] if parts else None
    elif key in state.picked or st.session_state.get(key, UNSEEN) not in (UNSEEN, state.values.get(key)):
        value = choice.nearest(value_of(key), None)
    (state.picked.discard if value is None else state.picked.add)(key)
    return value


def _wanted(state: _State, key: str, label: str, choice: Choice[T], default: T) -> T:
    """The value to show before the visitor changes it."""
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
