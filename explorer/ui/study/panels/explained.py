"""One image explained by each variant: where the prediction comes from."""

import streamlit as st

from explorer.charts.formatting import percent
from explorer.errors import UserError
from explorer.insights.attribution import Attribution
from explorer.insights.predict import top
from explorer.runs import Checkpoint, Run
from explorer.ui import compute, display, page
from explorer.ui.explain.explanations import ExplanationRequest, cell, scale
from explorer.ui.markdown import literal
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, beside, with_convolutions

METHOD = "grad-cam"
EPOCH = "best"
STRENGTH = 0.8


def _explained(view: View, key: str) -> None:
    input_image, runs = view.input_image(), with_convolutions(view)
    request = ExplanationRequest(EPOCH, input_image, target="predicted", contrast="any")
    attributions = {run.id: _attribution(request, run) for run in runs}
    ends = scale(list(attributions.values()))
    image, maps = st.columns([1, 4])
    with image:
        page.heading(f"Class {input_image.label}")
        display.image(
            display.network_input(input_image.prepared(runs[0].input_spec)),
            "The image as the network receives it",
            "stretch",
        )
        st.caption(literal(f"{input_image.name}."))
    with maps:
        for run in beside(view, runs):
            cell(request, run, attributions[run.id], ends, STRENGTH)
            first = top(compute.probabilities(Checkpoint(run, EPOCH), input_image)[None], run.input_spec.classes, k=1)[
                0
            ][0]
            st.caption(literal(f"Predicts {first.label} ({percent(first.probability)})."))


def _attribution(request: ExplanationRequest, run: Run) -> Attribution | str:
    """The explanation, or why there is none: maps smaller than 4×4 pixels."""
    try:
        return request.explain(METHOD, run, compute.cam_layer(run))
    except UserError as error:
        return str(error)


PANELS: dict[str, Panel] = {
    "explained": Panel(
        "One image explained: Grad-CAM, first seed, best epoch",
        _explained,
        "Support for the class that each network predicts, at its last block or activation of 4×4 pixels or more; one "
        "scale for all (Selvaraju et al. 2017).",
        wide=True,
        applies=lambda view: bool(with_convolutions(view)),
        needs_image=True,
    ),
}
