"""The panels of a study, one file per subject. A Study names its panels; a Finding names the panel that shows it.

To add one, write a file with PANELS and join it below.
"""

import streamlit as st

from explorer.ui import choices, page, stage
from explorer.ui.study.frames import View
from explorer.ui.study.panels import (
    confusion,
    curves,
    dead,
    explained,
    filters,
    gradients,
    inference,
    maps,
    norms,
    outcomes,
    receptive,
)
from explorer.ui.study.panels.panel import Panel

PANELS: dict[str, Panel] = {
    **curves.PANELS,
    **gradients.PANELS,
    **dead.PANELS,
    **outcomes.PANELS,
    **norms.PANELS,
    **inference.PANELS,
    **receptive.PANELS,
    **filters.PANELS,
    **maps.PANELS,
    **explained.PANELS,
    **confusion.PANELS,
}
PRESENTED = "study-panel"
BESIDE = 2  # narrow panels
STEPS = ("steps", "step accuracy")


def shown(view: View) -> list[str]:
    """The names of the study's panels that apply to its runs; if there are no curves over epochs, those over steps
    instead."""
    wanted = view.study.panels if view.has_curves else dict.fromkeys((*STEPS, *view.study.panels))
    return [name for name in wanted if PANELS[name].applies(view)]


def show_untrained(view: View) -> None:
    """Show the study's panels that need no run."""
    _row(view, [name for name in view.study.panels if PANELS[name].untrained and PANELS[name].applies(view)])


def show_all(view: View) -> None:
    """Show narrow panels two by two and wide ones across the page, in the order of the study; on the stage one at a
    time."""
    names = shown(view)
    if page.presenting() and names:
        name = choices.selectbox("Panel", names, PRESENTED, hidden=True)
        stage.offer("picture", PRESENTED, names, names.index(name), PANELS[name].title)
        with stage.picture():
            show(view, name, "page")
        return
    waiting: list[str] = []
    for name in names:
        if PANELS[name].wide:
            _row(view, waiting)
            waiting = []
            show(view, name, "page")
        else:
            waiting.append(name)
            if len(waiting) == BESIDE:
                _row(view, waiting)
                waiting = []
    _row(view, waiting)


def _row(view: View, names: list[str]) -> None:
    """Show panels side by side; a caption that they share appears once."""
    if not names:
        return
    captions = list(dict.fromkeys(PANELS[name].caption for name in names))
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            show(view, name, "page", captioned=len(captions) == len(names))
    if len(captions) < len(names):
        st.caption("\n\n".join(captions))


def show(view: View, name: str, key: str, captioned: bool = True) -> None:
    """Show one panel under its title. `key` tells panels apart if a page shows the same one twice."""
    panel = PANELS[name]
    st.markdown(f"**{panel.title}**")
    panel.show(view, key)
    if panel.caption and captioned:
        st.caption(panel.caption)
