"""The views of a lecture in order: what each shows, what to say, and its link."""

import streamlit as st

from explorer.lecture import Lecture, View
from explorer.lecture.views import LONGEST, MOST_MINUTES
from explorer.text import plural
from explorer.ui import navigation
from explorer.ui.lecture import session
from explorer.ui.markdown import literal


def view_list(which: str, lecture: Lecture) -> None:
    """Show all views; those of the visitor's own lecture can be moved, changed and removed."""
    minute = 0
    for at, view in enumerate(lecture.views):
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                _heading(which, at, view, minute)
                if which == session.OWN:
                    _order(at, lecture)
            st.caption("  \n".join(literal(line) for line in view.say.splitlines()))
            if which == session.OWN:
                _edit(at, view)
        minute += view.minutes


def agenda(lecture: Lecture) -> None:
    """Show the views as a list of sentences for the class to read."""
    lines = []
    for view in lecture.views:
        minutes = f" · {view.minutes} min" if view.minutes else ""
        lines.append(f"1. {literal(view.sentence or navigation.by_path()[view.page].title)}{minutes}")
    st.markdown("\n".join(lines))


def _heading(which: str, at: int, view: View, minute: int) -> None:
    title = navigation.by_path()[view.page].title
    time = f" · {plural(view.minutes, 'minute')}, from minute {minute}" if view.minutes else ""
    st.markdown(f"**{at + 1}. {literal(view.sentence or title)}**{time}", width="stretch")
    for present, label, icon in ((False, title, ":material/visibility:"), (True, "Present", ":material/slideshow:")):
        entry, query = session.link_to(which, at, present)
        st.page_link(entry.page(), label=label, icon=icon, query_params=query)


def _order(at: int, lecture: Lecture) -> None:
    buttons = {
        "up": ("arrow_upward", f"Move view {at + 1} up", lecture.reordered(at, -1), at == 0),
        "down": ("arrow_downward", f"Move view {at + 1} down", lecture.reordered(at, 1), at + 1 == len(lecture.views)),
        "remove": ("delete", f"Remove view {at + 1}", lecture.removed(at), False),
    }
    for name, (icon, explained, changed, disabled) in buttons.items():
        key = f"view-{name}-{at}"
        args = (changed,)
        st.button(
            "", icon=f":material/{icon}:", key=key, help=explained, disabled=disabled, on_click=session.keep, args=args
        )


def _edit(at: int, view: View) -> None:
    words = st.expander("Change the words", icon=":material/edit:", on_change="rerun", key=f"edit-view-{at}")
    with words:
        if not words.open:
            return
        with st.form(f"view-{at}-{view.link}", border=False):
            sentence = st.text_input("Sentence", view.sentence, max_chars=LONGEST["sentence"])
            say = st.text_area("What to say", view.say, max_chars=LONGEST["say"])
            minutes = st.number_input("Minutes", 0, MOST_MINUTES, view.minutes, width=130)
            if st.form_submit_button("Save"):
                lecture = session.own()
                if lecture:
                    session.keep(lecture.changed(at, sentence, say, int(minutes)))
                    st.rerun()
