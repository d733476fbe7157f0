"""Saliency: where a prediction comes from, for several models and methods, one scale a method."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import percent
from explorer.insights.attribution import METHODS
from explorer.insights.predict import top
from explorer.ui import compute, draw, explained, frame, pick, top_row

frame.question("Where does the prediction come from?")
chosen, seen, epoch = top_row.runs_image_epoch(most=4)

guesses = {}
for run in chosen:
    probabilities = compute.probabilities(run, epoch, seen)
    guesses[run.id] = top(probabilities[None], run.input_like.classes, k=3)[0]
frame.answer(
    (f"True class {seen.label}: " if seen.label else "")
    + "; ".join(f"{run_id} says {g[0].label} ({percent(g[0].probability)})" for run_id, g in guesses.items())
    + "."
)

classes = chosen[0].input_like.classes
method_column, class_column, versus_column = st.columns([3, 1, 1])
with method_column:
    methods = st.multiselect(
        "Methods",
        list(METHODS),
        default=["grad-cam"],
        key="methods",
        bind="query-params",
        format_func=lambda name: METHODS[name].title,
        wrap=True,
    )
with class_column:
    wanted = pick.target(classes)
with versus_column:
    versus = st.selectbox(
        "And not",
        ["any", *classes],
        key="versus",
        bind="query-params",
        help="Explains the difference of two logits: why 4 and not 9.",
    )
if not methods:
    frame.stop_with("Choose at least one method above.")

layers = {}
if any(METHODS[method].needs_layer for method in methods):
    for column, run in zip(st.columns(len(chosen)), chosen, strict=True):
        convolutions = compute.convolutions(run.id, run)
        if convolutions:
            with column:
                layers[run.id] = pick.layer(run, convolutions, compute.cam_layer(run.id, run))
strength = (
    0.8 if frame.presenting() else st.slider("Overlay strength", 0.0, 1.0, 0.8, key="strength", bind="query-params")
)

asked = explained.Asked(epoch, seen, wanted, versus)
grid, scales = {}, {}
for method in methods:
    grid[method] = [(run, asked.answer(method, run, layers.get(run.id))) for run in chosen]
    low, high = scales[method] = explained.scale([result for _, result in grid[method]])
    what, cost, limits = METHODS[method].help.split("\n\n")
    columns = st.columns(1 + len(chosen))
    with columns[0]:
        if method == methods[0]:
            frame.heading("What the network sees")
            prepared = seen.prepared(chosen[0].input_like)
            draw.image(
                draw.network_input(prepared, explained.SIDE), "The image as the network sees it", width="stretch"
            )
            st.caption(f"{prepared.shape[-1]}×{prepared.shape[-2]} pixels.")
        with st.popover(METHODS[method].title, icon=":material/help:"):
            st.markdown(f"{what}\n\n{cost}\n\n{limits}")
    for column, (run, result) in zip(columns[1:], grid[method], strict=True):
        with column:
            frame.run_heading(run)
            explained.cell(asked, run, result, (low, high), strength)
    if high > 0:
        title = f"{METHODS[method].title}, {METHODS[method].unit}; one scale for all runs"
        draw.chart(
            charts.colour_bar(low, high, low < 0, title, frame.presenting()),
            f"Colour scale of {METHODS[method].title}",
            key=f"scale-{method}",
        )
if not frame.presenting():
    st.download_button(
        "Download pictures, raw maps and settings",
        lambda: explained.archive(asked, grid, scales, strength),
        "explanations.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
    )

st.subheader("What else it could be", anchor=False)
bars = pd.DataFrame(
    [(run_id, g.label, g.probability) for run_id, gs in guesses.items() for g in gs],
    columns=["run", "label", "probability"],
)
draw.chart(charts.probability_bars(bars, present=frame.presenting()), "The three likeliest classes of each run")
frame.theory(
    "Each method answers another question about the same logit; the button beside its pictures says which. A map shows "
    "where evidence was found, not whether the reason is a good one, and two maps that differ can both be right. "
    "Where they agree, and where the tests of an explanation hold, one may begin to believe them.",
    "Adebayo et al. 2018, Sanity Checks for Saliency Maps",
)
