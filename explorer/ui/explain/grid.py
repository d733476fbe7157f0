"""The two grids of the Saliency page: models × methods, and epochs × one method."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.insights.attribution import METHODS
from explorer.insights.findings.saliency import Explained, comes_from
from explorer.insights.predict import top
from explorer.runs import Checkpoint, WeightsSource, epochs_of
from explorer.ui import choices, compute, display, names, page
from explorer.ui.explain import explanations, trust_badge
from explorer.ui.explain.explanations import Cell, ExplanationRequest, OverlayStyle
from explorer.ui.markdown import literal
from explorer.ui.pickers.input_image import InputImage

PREDICTED, TRUE = "predicted", "true class"
AT_FIRST = 5  # epochs, from the untrained network to the last


def pick_methods(kind: str, chosen: Sequence[WeightsSource]) -> list[str]:
    """The chosen methods, at first one that serves all networks; one method for the grid over epochs."""
    if kind == "epochs":
        first = choices.Follows(partial(compute.first_method, chosen))
        return [choices.selectbox("Method", list(METHODS), "method", first, format_func=method_title)]
    return choices.multiselect(
        "Methods", list(METHODS), "methods", choices.Follows(lambda: [compute.first_method(chosen)]), method_title
    )


def method_title(method: str) -> str:
    """The method's name on screen."""
    return METHODS[method].title


def pick_target(classes: tuple[str, ...], image: InputImage) -> str:
    """The class to explain: the predicted one, the true one if it is known, or any."""
    wanted = choices.selectbox(
        "Class to explain",
        [PREDICTED, TRUE, *classes],
        "target",
        help="The true class is known for sampled images only; for other images the predicted class is explained.",
    )
    return (image.label or PREDICTED) if wanted == TRUE else wanted


def unknown(chosen: Sequence[WeightsSource], wanted: str) -> str:
    """A sentence that names the runs for which the predicted class is explained, though another one was chosen; or
    ""."""
    without = [names.of(source) for source in chosen if wanted != PREDICTED and wanted not in source.input_spec.classes]
    if not without:
        return ""
    their = "its predicted class is" if len(without) == 1 else "their predicted classes are"
    return f"{', '.join(without)} {'has' if len(without) == 1 else 'have'} no class {wanted}: {their} explained."


def by_method(
    chosen: Sequence[WeightsSource],
    methods: list[str],
    layers: dict[str, str],
    request: ExplanationRequest,
    style: OverlayStyle,
) -> list[list[Cell]]:
    """Show one row per method and one column per run, each row on its own scale. Returns the cells, row by row."""
    rows = [
        [explanations.explained(request, source, method, layers.get(source.id)) for source in chosen]
        for method in methods
    ]
    dense = page.presenting() and len(methods) > 1  # the maps need the height and show the image as well
    if dense and len(methods) > len(chosen):
        _by_run(chosen, methods, rows, style)
        return rows
    if len(methods) > 1 and not page.presenting():
        _matrix(chosen, methods, rows, style)
        return rows
    for method, cells in zip(methods, rows, strict=True):
        ends = explanations.row(cells)
        with nullcontext() if page.presenting() else _close_rows():
            columns = st.columns(1 + len(chosen))
            with columns[0]:
                if method == methods[0] and not dense:
                    _inputs(chosen, request.image)
                explanations.help_of(method)
                if page.presenting():  # it hides the button, and its maps need the height
                    page.heading(METHODS[method].title)
                    if ends[1] > 0:
                        explanations.bar(method, ends, style)
            for column, cell in zip(columns[1:], cells, strict=True):
                with column:
                    if method == methods[0] or not dense:
                        page.run_heading(cell.source)
                    explanations.show(cell, ends, style)
                    trust_badge.show(cell)
            if ends[1] > 0 and not page.presenting():
                explanations.bar(method, ends, style)
    return rows


MOST = 4  # networks; fewer leave places empty, so that two methods fit on one screen


def _matrix(chosen: Sequence[WeightsSource], methods: list[str], rows: list[list[Cell]], style: OverlayStyle) -> None:
    """Show methods × networks on one screen: the image appears only at the top of the page, the sentences below the
    maps."""
    for method, cells in zip(methods, rows, strict=True):
        ends = explanations.row(cells)
        with _close_rows("first" if method == methods[0] else method):
            columns = st.columns(1 + MOST)
            with columns[0]:
                explanations.help_of(method)
                if ends[1] > 0:
                    explanations.bar(method, ends, style, narrow=True)
            for column, cell in zip(columns[1:], cells, strict=False):
                with column:
                    page.run_heading(cell.source)
                    explanations.brief(cell, ends, style)
    st.caption("One scale per method, for all networks. Below each map: the class that it explains, and its maximum.")
    for method, cells in zip(methods, rows, strict=True):
        columns = st.columns(1 + MOST)
        columns[0].markdown(f"**{METHODS[method].title}**")
        for column, cell in zip(columns[1:], cells, strict=False):
            with column:
                st.caption(explanations.sentence(cell, style))
                trust_badge.show(cell)


def _close_rows(name: str = "first") -> DeltaGenerator:
    """A container without much space between what stands in it, so that maps and their scale fit on one screen."""
    st.html(_MATRIX)
    return st.container(key=f"matrix-{name}")


# Only the first row shows the names of the networks; if columns are stacked, every map does.
_MATRIX = """<style>
[class*="st-key-matrix-"] [data-testid="stVerticalBlock"] { gap: 0.25rem; }
@media (min-width: 641px) {
  [class*="st-key-matrix-"]:not(.st-key-matrix-first) [data-testid="stHtml"] { display: none; }
}
</style>"""


def _by_run(chosen: Sequence[WeightsSource], methods: list[str], rows: list[list[Cell]], style: OverlayStyle) -> None:
    """Show the same maps with one row per run and one column per method, because a screen is wider than it is high."""
    ends = [explanations.row(cells) for cells in rows]
    for nth, source in enumerate(chosen):
        columns = st.columns(1 + len(methods))
        with columns[0]:
            page.run_heading(source)
        for column, method, cells, scale in zip(columns[1:], methods, rows, ends, strict=True):
            with column:
                if nth == 0:
                    page.heading(METHODS[method].title)
                explanations.show(cells[nth], scale, style)
    for column, method, scale in zip(st.columns(1 + len(methods))[1:], methods, ends, strict=True):
        with column:
            if scale[1] > 0:
                explanations.bar(method, scale, style)


def over_epochs(
    chosen: Sequence[WeightsSource],
    method: str,
    layers: dict[str, str],
    request: ExplanationRequest,
    style: OverlayStyle,
) -> list[list[Cell]]:
    """Show one row per run and one column per epoch, all on one scale; each epoch replaces that of `request`.

    All epochs of a run explain one class: the chosen one, or the one predicted at the epoch of `request`.

    Returns the cells as one row with that scale.
    """
    saved = {source.id: epochs_of(source) for source in chosen}
    all_epochs = sorted(set().union(*saved.values()))
    if not all_epochs:
        page.stop_with("These runs have no saved epochs: epochs are saved for networks with fewer than 5 M parameters.")
    places = np.unique(np.linspace(0, len(all_epochs) - 1, AT_FIRST).round().astype(int))
    spread = choices.Follows(lambda: [all_epochs[index] for index in places])
    shown = choices.multiselect("Epochs", all_epochs, "epochs-shown", spread)
    if not shown:
        page.stop_with("Choose at least one epoch above.")
    fixed = {source.id: _with_one_class(source, request) for source in chosen}
    cells = {
        (source.id, epoch): explanations.explained(
            replace(fixed[source.id], epoch=epoch), source, method, layers.get(source.id)
        )
        for source in chosen
        for epoch in sorted(shown)
        if epoch in saved[source.id]
    }
    ends = explanations.row(list(cells.values()))
    explanations.help_of(method)
    for source in chosen:
        page.run_heading(source)
        for column, epoch in zip(st.columns(len(shown)), sorted(shown), strict=True):
            with column:
                st.markdown(f"**Epoch {epoch}**" if epoch else "**Untrained**")
                if (source.id, epoch) in cells:
                    explanations.show(cells[source.id, epoch], ends, style)
                else:
                    st.info("Not saved.", icon=":material/info:")
    if any(request.target not in source.input_spec.classes for source in chosen):
        at = "with the best weights" if request.epoch == "best" else f"after epoch {request.epoch}"
        st.caption(f"All maps of a network explain one class: the one that it predicts {at}.")
    if ends[1] > 0:
        explanations.bar(method, ends, style)
    return [list(cells.values())]


def _with_one_class(source: WeightsSource, request: ExplanationRequest) -> ExplanationRequest:
    """The request; if it asks for the predicted class, it now names the class predicted at its epoch, because other
    epochs may predict another one."""
    classes = source.input_spec.classes
    if request.target in classes:
        return request
    predicted = compute.probabilities(Checkpoint(source, request.epoch), request.image).argmax()
    return replace(request, target=classes[int(predicted)])


def verdict(
    rows: list[list[Cell]], request: ExplanationRequest, probabilities: dict[str, tuple[np.ndarray, tuple[str, ...]]]
) -> str:
    """What each network predicts and which part of the image supports it, by the first method of the grid at this
    epoch."""
    (first, *_), explained = rows[0], []
    for run_id, (values, classes) in probabilities.items():
        cell = _at(request.epoch, [of for of in rows[0] if of.source.id == run_id])
        (guess,) = top(values[None], classes, 1)[0]
        result = cell.result if cell else ""
        if cell and not isinstance(result, str):
            subject = explanations.class_of(cell.source, result)
            explained.append(Explained(names.of(cell.source), guess, subject, result.map[0]))
        else:
            explained.append(Explained(names.shown()[run_id], guess, guess.label))
    return comes_from(explained, METHODS[first.method].title, request.image.label or "")


def _at(epoch: int | str, cells: list[Cell]) -> Cell | None:
    """The cell of this epoch, which the grid over epochs need not show; None if it is missing."""
    found = next((cell for cell in cells if cell.request.epoch == epoch), None)
    if found or not cells:
        return found
    (other, *_) = cells
    layer = None if isinstance(other.result, str) else other.result.layer
    return explanations.explained(replace(other.request, epoch=epoch), other.source, other.method, layer)


def _inputs(chosen: Sequence[WeightsSource], image: InputImage) -> None:
    """Show what the networks see: one image, or one for each data set whose image differs, with its runs."""
    page.heading("Input of the network")
    inputs = {source.id: image.prepared(source.input_spec) for source in chosen}
    called = {source.id: names.of(source) for source in chosen}
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
