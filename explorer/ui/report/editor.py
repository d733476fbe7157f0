"""The author's own words beside the figures: written on the page, stored beside the runs; changes can be undone."""

import streamlit as st

from explorer.mode import IN_A_DEMO, is_demo
from explorer.report import words
from explorer.report.content import CONCLUSION, INTRODUCTION, Request
from explorer.ui.markdown import literal

HISTORY = "report-words"  # key of the session state: by report, (key of the figure, its words before) for each change
LONGEST_LABEL = 60


def write(request: Request, figures: dict[str, str]) -> None:
    """Show a box for the words beside one figure at a time."""
    if is_demo():
        st.caption(IN_A_DEMO)
        return
    written = words.read_words(request)
    places = {INTRODUCTION: "Introduction", **figures, CONCLUSION: "Conclusion"}
    where = st.selectbox(
        "Your words", list(places), format_func=lambda key: _label(key, places, written), key="report-where"
    )
    box = f"words-{words.subject(request)}-{where}"
    st.session_state[box] = written.get(where, "")  # show what is stored
    st.text_area(
        "Your words in Markdown",
        key=box,
        height=150,
        max_chars=words.LONGEST,
        label_visibility="collapsed",
        placeholder="What do you see here, and what do you conclude? **Bold**, *italic*, lists, tables and links.",
        on_change=_keep,
        args=(request, where, box),
        help="Saved when you leave the box. Markdown without images; any other markup is shown as you type it.",
    )
    history = _history(request)
    st.button("Undo", icon=":material/undo:", disabled=not history, on_click=_undo, args=(request,), key="undo-words")


def _keep(request: Request, where: str, box: str) -> None:
    before = words.read_words(request).get(where, "")
    words.write_words(request, where, st.session_state[box])
    _history(request).append((where, before))


def _undo(request: Request) -> None:
    where, before = _history(request).pop()
    words.write_words(request, where, before)
    st.session_state["report-where"] = where


def _history(request: Request) -> list[tuple[str, str]]:
    return st.session_state.setdefault(HISTORY, {}).setdefault(words.subject(request), [])


def _label(key: str, places: dict[str, str], written: dict[str, str]) -> str:
    label = places[key] if len(places[key]) <= LONGEST_LABEL else f"{places[key][: LONGEST_LABEL - 1]}…"
    return literal(f"{label} (written)" if key in written else label)
