"""What a study shows: how it is to be looked at, and its findings with the numbers and the picture behind each."""

from functools import partial

import streamlit as st

from explorer.ui import frame, load, opened_finding, smoothed_loss, study_panels
from explorer.ui.finding_pictures import PICTURES
from explorer.ui.study_frames import View

KEPT = {"persist_state": "session"}


def controls(view: View) -> None:
    """A log scale for losses, on from the start where one has exploded; the image that panels look at."""
    exploded = view.exploded
    log, image = f"study-log-{exploded}", "study-image"
    view.log = st.session_state.get(log, exploded)
    view.image = st.session_state.get(image, 1)
    if older := smoothed_loss.note(view.runs):
        st.caption(older)
    if frame.presenting():
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view.log = st.toggle("Logarithmic loss", exploded, key=log, **KEPT)
        if any(study_panels.PANELS[name].needs_image for name in study_panels.shown(view)):
            most = len(load.data_of(view.runs[0]).validation)
            view.image = st.number_input("Validation image", 1, most, key=image, width=160, **KEPT)


def show_findings(view: View) -> None:
    """Each opens to its rule, its numbers and the picture behind it."""
    for at, finding in enumerate(view.found):
        place = f"finding-{at}"
        opened_finding.show(finding, place, partial(study_panels.show, view, PICTURES[finding.kind], place))
