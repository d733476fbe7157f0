"""Lecture: views of this app in order, with notes on what to say, to step through before a class."""

import streamlit as st

from explorer.text import plural
from explorer.ui import choices, page, stage
from explorer.ui.lecture import session
from explorer.ui.lecture.exchange import exchange
from explorer.ui.lecture.view_list import agenda, view_list

page.title("What should the class see?")
top = st.container()
default = session.OWN if session.own() else session.SAMPLE_NAME
which = choices.segmented(
    "Lecture",
    list(session.LECTURES),
    session.WHICH,
    default,
    session.LECTURES.__getitem__,
    label_visibility="collapsed",
)
lecture = session.lecture_of(which)
with top:
    if lecture and lecture.views:
        page.verdict(f"{plural(len(lecture.views), 'view')}, {plural(lecture.minutes, 'minute')}: {lecture.title}.")
    else:
        page.verdict("Your lecture has no view yet: choose “Add to the lecture” in the sidebar of any page.")


def present_link() -> None:
    """Opens the first view on the stage."""
    entry, query = session.link_to(which, 0, present=True)
    st.page_link(entry.page(), label="Present from the first view", icon=":material/slideshow:", query_params=query)


if page.presenting() and lecture and lecture.views:
    with stage.picture():
        agenda(lecture)
    with stage.kept("first"):
        present_link()
    page.end()
st.caption(
    "In a presentation, Page Down and Page Up, or a clicker, go to the next and the previous view; so do the arrow "
    "keys if a view has no images, epochs or seeds to step through. n shows what to say; p ends the presentation."
)
with st.container(horizontal=True, vertical_alignment="center"):
    if lecture and lecture.views:
        present_link()
    if which == session.SAMPLE_NAME and lecture:
        own = session.own()
        label = f"Replace my {plural(len(own.views), 'view')} with these" if own and own.views else "Make it mine"
        st.button(label, icon=":material/content_copy:", on_click=session.choose, args=(lecture,))
if lecture:
    view_list(which, lecture)
st.subheader("As a file", anchor=False)
exchange(lecture)
