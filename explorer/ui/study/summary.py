"""The results of a study: how they are displayed, and its findings with the numbers and the panel behind each."""

from functools import partial

import streamlit as st

from explorer.ui import cache, choices, page, stage
from explorer.ui.components import finding_expander
from explorer.ui.curves import smoothed_loss
from explorer.ui.study import panels
from explorer.ui.study.finding_panels import PANEL_OF
from explorer.ui.study.frames import View


def controls(view: View) -> None:
    """Show a log scale for losses, on by default if one has exploded, and the image that panels use."""
    exploded = view.exploded
    log, image = f"study-log-{exploded}", "study-image"
    if older := smoothed_loss.note(view.runs):
        st.caption(older)
    hidden = page.presenting()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view.log = choices.toggle("Logarithmic loss", log, exploded, hidden)
        if any(panels.PANELS[name].needs_image for name in panels.shown(view)):
            most = len(cache.data_of(view.runs[0]).validation)
            view.image = choices.number_input("Validation image", 1, most, 1, image, hidden, width=160)
            stage.offer("image", image, range(1, most + 1), int(view.image) - 1)


def show_findings(view: View) -> None:
    """Show the findings; each opens to its rule, its numbers and its panel."""
    for index, finding in enumerate(view.found):
        key = f"finding-{index}"
        finding_expander.show(finding, key, partial(panels.show, view, PANEL_OF[finding.kind], key))
