"""Saliency: where a prediction comes from: models × methods, or epochs × one method, one scale per method."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.palette import COLOUR_MAPS
from explorer.insights.attribution import METHODS
from explorer.insights.predict import union_of_top
from explorer.runs import Checkpoint
from explorer.ui import choices, compute, display, page
from explorer.ui.explain import cam_layers, explanations, grid, trust_badge
from explorer.ui.markdown import literal
from explorer.ui.pickers import top_row
from explorer.ui.report import lead

page.title("Where does the prediction come from?")
chosen, image, epoch, beside = top_row.runs_image_epoch(most=4)

probabilities = {
    source.id: (compute.probabilities(Checkpoint(source, epoch), image), source.input_spec.classes) for source in chosen
}
verdict = beside.container() if beside else st.container()
classes = chosen[0].input_spec.classes
picture, options = page.picture_first(beside)
with options:
    grid_column, method_column, class_column, contrast_column = st.columns([1.25, 2.5, 1.2, 1.1])
    with grid_column:
        kind = choices.segmented("Grid", ["methods", "epochs"], "grid")
    with method_column:
        methods = grid.pick_methods(kind, chosen)
    with class_column:
        wanted = grid.pick_target(classes, image)
    with contrast_column:
        contrast = choices.selectbox(
            "Compared with class",
            ["any", *classes],
            "versus",
            help="Explains the difference between two logits: why 4 rather than 9.",
        )
    if not methods:
        page.stop_with("Choose at least one method above.")
    if message := grid.unknown(chosen, wanted):
        st.caption(literal(message))

    layers = {}
    if any(METHODS[method].needs_layer for method in methods):
        layers = cam_layers.pick_layers(chosen)
    strength_column, colour_column = st.columns([3, 1])
    with strength_column:
        default = explanations.OverlayStyle().strength
        strength = choices.slider("Overlay strength", 0.0, 1.0, default, "strength", page.presenting())
    with colour_column:
        colours = choices.selectbox("Colours", list(COLOUR_MAPS), "colours", hidden=page.presenting())
    style = explanations.OverlayStyle(strength, colours)

request = explanations.ExplanationRequest(epoch, image, wanted, contrast)
with picture:
    if kind == "epochs":
        rows = grid.over_epochs(chosen, methods[0], layers, request, style)
    else:
        rows = grid.by_method(chosen, methods, layers, request, style)
        trust_badge.check_button(rows)
text = grid.verdict(rows, request, probabilities)
answer, _, evidence = text.partition("\n")
below = evidence if len(chosen) > 2 and not page.presenting() else ""  # several lines would push the maps down
with verdict:
    page.verdict(answer if below else text)
if below:
    st.caption(literal(below))
if not page.presenting():
    with st.container(horizontal=True):
        st.download_button(
            "Download overlays, raw maps and settings",
            lambda: explanations.archive(rows, style),
            "explanations.zip",
            "application/zip",
            icon=":material/download:",
            on_click="ignore",
        )
        if any(source.has_history for source in chosen):
            lead.button()

st.subheader("Top 3 classes", anchor=False)
bars = pd.DataFrame(
    [(run_id, *guess) for run_id, guesses in union_of_top(probabilities).items() for guess in guesses],
    columns=["run", "label", "probability"],
)
display.chart(charts.probability_bars(bars, present=page.presenting()), "The most probable classes of each run")
if len(chosen) > 1:
    st.caption("Every class that is among the three most probable of any of these networks.")
page.theory(
    "Each method answers a different question about the same logit; the button beside its maps says which. A map shows "
    "where the network finds evidence, not whether that evidence is sound, and two maps that differ can both be "
    "correct. Trust a map more where several methods agree and where the tests on the Checks page are passed.",
    "Adebayo et al. 2018, Sanity Checks for Saliency Maps",
)
