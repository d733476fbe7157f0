"""The lecture of a visitor's session, and the position in it.

The visitor's browser stores their own lecture (`explorer.ui.components.stage`). Until there is one, and whenever the
visitor chooses it, the lecture that comes with the app is shown. The position is a choice, so that Back and reload keep
it.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from explorer.errors import UserError
from explorer.lecture import SAMPLE, Lecture, View, from_json, to_json, view_of
from explorer.ui import choices, navigation

OWN, SAMPLE_NAME = "own", "sample"
LECTURES = {OWN: "My lecture", SAMPLE_NAME: "The lecture that comes with the app"}
WHICH = "which-lecture"
HOME = Path(navigation.HOME.file).stem  # its address is empty
KEPT, GO, PLACE = "kept-lecture", "go-to-view", "lecture"  # PLACE: a choice, such as "own-3", its third view


def own() -> Lecture | None:
    """The visitor's own lecture; None if they have not added a view."""
    return st.session_state.get(KEPT)


def keep(lecture: Lecture) -> None:
    """Make this the visitor's own lecture."""
    st.session_state[KEPT] = lecture


def choose(lecture: Lecture) -> None:
    """Make this the visitor's own lecture and show it on the page."""
    keep(lecture)
    choices.put(WHICH, OWN)


def lecture_of(which: str) -> Lecture | None:
    """The lecture of a name in LECTURES."""
    return SAMPLE if which == SAMPLE_NAME else own()


def found_in_browser(pressed: object) -> None:
    """Handle what the browser had stored when this session began; ignores what is not a lecture or comes too late."""
    if isinstance(pressed, str) and own() is None:
        try:
            choose(from_json(pressed, navigation.by_path()))
        except UserError:
            return


def for_browser() -> str:
    """The text for the browser to store, or "" for nothing."""
    lecture = own()
    return to_json(lecture) if lecture else ""


def add(sentence: str) -> None:
    """Add the view on screen, in a callback. Raises UserError if the lecture is full."""
    page, query = choices.shown_link()
    view = view_of(page or HOME, query, sentence)
    keep((own() or Lecture(LECTURES[OWN])).added(view))


def link_to(which: str, at: int, present: bool) -> tuple[navigation.Entry, dict[str, Sequence[str]]]:
    """(page, query) of a view. The link says that the view is part of a lecture and otherwise shows exactly what it
    contains."""
    lecture = lecture_of(which)
    assert lecture is not None, which
    view: View = lecture.views[at]
    stage: dict[str, Sequence[str]] = {PLACE: (f"{which}-{at + 1}",), **({"present": ("true",)} if present else {})}
    return navigation.by_path()[view.page], {**view.query, **stage}


def place() -> tuple[str, int] | None:
    """(name in LECTURES, index of the view) of the current position; None if the page is not a view of a lecture."""
    which, _, number = str(choices.value_of(PLACE, "")).partition("-")
    lecture = lecture_of(which) if which in LECTURES else None
    if lecture is None or not number.isdecimal() or not 1 <= int(number[:4]) <= len(lecture.views):
        return None
    return which, int(number[:4]) - 1


def hold_place() -> None:
    """Keep the position in the link."""
    choices.held(PLACE, "view of a lecture", most=20)


def turn(by: int) -> None:
    """In a callback: make the next script run open the next or previous view, if there is one."""
    if here := place():
        which, at = here
        lecture = lecture_of(which)
        if lecture and 0 <= at + by < len(lecture.views):
            st.session_state[GO] = which, at + by


def follow_turn() -> None:
    """Called before a page: opens the view chosen by `turn`."""
    if (to := st.session_state.pop(GO, None)) is not None:
        entry, query = link_to(*to, present=True)
        st.switch_page(entry.page(), query_params=query)
