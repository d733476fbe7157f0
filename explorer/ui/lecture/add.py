"""The button in the sidebar that adds the view on screen to the lecture."""

import streamlit as st

from explorer.errors import UserError
from explorer.ui import choices
from explorer.ui.lecture import session
from explorer.ui.markdown import literal

SENTENCE = "sentence-to-add"
OWN_IMAGES = {"uploaded", "drawn", "camera"}  # a link does not contain them


def add_button() -> None:
    """Show "Add to the lecture", with a field for a sentence."""
    with st.popover("Add to the lecture", icon=":material/slideshow:", width="stretch"):
        st.text_input("What the view shows, in a sentence", key=SENTENCE, max_chars=200)
        st.button("Add this view", icon=":material/add:", on_click=_add, key="add-view")


def _add() -> None:
    _, query = choices.shown_link()
    try:
        session.add(st.session_state.get(SENTENCE) or "")
    except UserError as error:
        st.toast(literal(error), icon=":material/error:")
        return
    st.session_state[SENTENCE] = ""
    lecture = session.own()
    count = len(lecture.views) if lecture else 0
    own = (
        " A link cannot contain your own image: a sampled one will be shown instead."
        if OWN_IMAGES & {*query.get("image", ())}
        else ""
    )
    st.toast(f"Added as view {count} of your lecture.{own}", icon=":material/slideshow:")
