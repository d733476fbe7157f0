"""The two grids of the Saliency page: models × methods, and epochs × one method."""

from dataclasses import replace

import numpy as np
import streamlit as st

from explorer.insights.attribution import METHODS
from explorer.runs import Run, saved_epochs
from explorer.runs.published import PublishedRun
from explorer.ui import choices, display, names, page
from explorer.ui.explain import explanations
from explorer.ui.explain.explanations import Cell, ExplanationRequest, OverlayStyle
from explorer.ui.markdown import literal
from explorer.ui.pickers.input_image import InputImage

PREDICTED, TRUE = "predicted", "true class"
AT_FIRST = 5  # epochs, from the untrained network to the last


def pick_methods(kind: str) -> list[str]:
    """Several methods, or for the grid over epochs one."""
    if kind == "epochs":
        return [choices.selectbox("Method", list(METHODS), "method", format_func=_title)]
    return choices.multiselect("Methods", list(METHODS), "methods", ["grad-cam"], _title, wrap=True)


def _title(method: str) -> str:
    return METHODS[method].title


def pick_target(classes: tuple[str, ...], image: InputImage) -> str:
    """The class to explain: the predicted one, the true one where it is known, or any."""
    wanted = choices.selectbox(
        "Class to explain",
        [PREDICTED, TRUE, *classes],
        "target",
        help="The true class is known for sampled images only; for other images the predicted class is explained.",
    )
    return (image.label or PREDICTED) if wanted == TRUE else wanted


def unknown(chosen: list[Run], wanted: str) -> str:
    """A sentence on the runs for which the predicted class is explained, though another one was chosen; or ""."""
    without = [names.of(run) for run in chosen if wanted != PREDICTED and wanted not in run.input_spec.classes]
    if not without:
        return ""
    their = "its predicted class is" if len(without) == 1 else "their predicted classes are"
    return f"{', '.join(without)} {'has' if len(without) == 1 else 'have'} no class {wanted}: {their} explained."


def by_method(
    chosen: list[Run], methods: list[str], layers: dict[str, str], request: ExplanationRequest, style: OverlayStyle
) -> list[list[Cell]]:
    """A row a method, a column a run, each row on its own scale. Returns what was drawn, row by row."""
    rows = []
    for method in methods:
        cells = [explanations.explained(request, run, method, layers.get(run.id)) for run in chosen]
        rows.append(cells)
        ends = explanations.row(cells)
        columns = st.columns(1 + len(chosen))
        with columns[0]:
            if method == methods[0]:
                _inputs(chosen, request.image)
            explanations.help_of(method)
        for column, cell in zip(columns[1:], cells, strict=True):
            with column:
                page.run_heading(cell.run)
                explanations.show(cell, ends, style)
        if ends[1] > 0:
            explanations.bar(method, ends, style)
    return rows


def over_epochs(
    chosen: list[Run], method: str, layers: dict[str, str], request: ExplanationRequest, style: OverlayStyle
) -> list[list[Cell]]:
    """A row a run, a column an epoch, all on one scale; the epoch of `request` is replaced by each of them.

    Returns what was drawn, as one row of that scale.
    """
    saved = {run.id: [] if isinstance(run, PublishedRun) else saved_epochs(run) for run in chosen}
    all_epochs = sorted(set().union(*saved.values()))
    if not all_epochs:
        page.stop_with("These runs have no saved epochs: epochs are saved for networks with fewer than 5 M parameters.")
    places = np.unique(np.linspace(0, len(all_epochs) - 1, AT_FIRST).round().astype(int))
    shown = choices.multiselect(
        "Epochs", all_epochs, "epochs-shown", [all_epochs[index] for index in places], wrap=True
    )
    if not shown:
        page.stop_with("Choose at least one epoch above.")
    cells = {
        (run.id, epoch): explanations.explained(replace(request, epoch=epoch), run, method, layers.get(run.id))
        for run in chosen
        for epoch in sorted(shown)
        if epoch in saved[run.id]
    }
    ends = explanations.row(list(cells.values()))
    explanations.help_of(method)
    for run in chosen:
        page.run_heading(run)
        for column, epoch in zip(st.columns(len(shown)), sorted(shown), strict=True):
            with column:
                st.markdown(f"**Epoch {epoch}**" if epoch else "**Untrained**")
                if (run.id, epoch) in cells:
                    explanations.show(cells[run.id, epoch], ends, style)
                else:
                    st.info("Not saved.", icon=":material/info:")
    if ends[1] > 0:
        explanations.bar(method, ends, style)
    return [list(cells.values())]


def _inputs(chosen: list[Run], image: InputImage) -> None:
    """What the networks see: one image, or where that of one data set is not that of another, each with its runs."""
    page.heading("Input of the network")
    inputs = {run.id: image.prepared(run.input_spec) for run in chosen}
    called = {run.id: names.of(run) for run in chosen}
    alike: dict[tuple, list[str]] = {}
    for run_id, pixels in inputs.items():
        alike.setdefault((pixels.shape, pixels.tobytes()), []).append(run_id)
    for run_ids in alike.values():
        pixels, whose = (
            inputs[run_ids[0]],
            f" for {', '.join(called[run_id] for run_id in run_ids)}" if len(alike) > 1 else "",
        )
        display.image(
            display.network_input(pixels, explanations.SIDE), f"The image as the network receives it{whose}", "stretch"
        )
        st.caption(literal(f"{pixels.shape[-1]}×{pixels.shape[-2]} pixels{whose}."))
