"""Explanations as a page shows them: one scale per method, what a map says in a sentence, and files for download."""

import io
import json
import zipfile
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.errors import UserError
from explorer.insights.attribution import METHODS, Attribution
from explorer.insights.findings.saliency import in_words
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import compute, display, names, page
from explorer.ui.explain import cam_layers
from explorer.ui.markdown import literal
from explorer.ui.pickers.input_image import InputImage

SIDE = 320  # pixels of an overlay, before the browser scales it
SIGNS = {  # colour map → what its colours mean in a signed map
    "viridis": "Orange supports, blue opposes",
    "heat": "Red supports, blue opposes",
    "grey": "White supports, black opposes",
}


@dataclass(frozen=True)
class ExplanationRequest:
    """What is to be explained, the same for all runs and methods."""

    epoch: int | str
    image: InputImage
    target: str  # a class's name, or any other text for the predicted class
    contrast: str  # a class's name, or any other text for none

    def explain(self, method: str, source: WeightsSource, layer: str | None) -> Attribution | str:
        """The explanation, or a sentence that says why there is none."""
        target, contrast = (_index(source, name) for name in (self.target, self.contrast))
        if reason := compute.why_not(source, method):
            return reason
        layer = layer if METHODS[method].needs_layer else None
        try:
            with st.spinner(literal(f"{METHODS[method].title} of {names.of(source)} …"), show_time=True):
                return compute.attribution(method, Checkpoint(source, self.epoch), layer, target, contrast, self.image)
        except UserError as error:
            return str(error)


@dataclass(frozen=True)
class OverlayStyle:
    """How maps are drawn."""

    strength: float = 0.8  # how much of the image they may cover, 0 to 1
    colours: str = "viridis"  # a key of charts.COLOUR_MAPS


@dataclass(frozen=True)
class Cell:
    """One overlay of the grid."""

    request: ExplanationRequest
    source: WeightsSource
    method: str
    result: Attribution | str  # a sentence if there is no explanation


def explained(request: ExplanationRequest, source: WeightsSource, method: str, layer: str | None) -> Cell:
    """The cell of one run and method; methods that need no layer ignore `layer`."""
    return Cell(request, source, method, request.explain(method, source, layer))


def _index(source: WeightsSource, name: str) -> int | None:
    classes = source.input_spec.classes
    return classes.index(name) if name in classes else None


def scale(results: list[Attribution | str]) -> tuple[float, float]:
    """(low, high) that all explanations by one method share; low is below zero if they are signed."""
    found = [result for result in results if not isinstance(result, str)]
    if found and found[0].signed:
        return charts.limits(*(result.map for result in found), signed=True)
    return 0.0, max((float(np.nan_to_num(result.map).max()) for result in found), default=0.0)


def row(cells: list[Cell]) -> tuple[float, float]:
    """The scale that these cells share."""
    return scale([of_run.result for of_run in cells])


def show(shown: Cell, ends: tuple[float, float], style: OverlayStyle) -> None:
    """Show one overlay of the grid, and what it says."""
    cell(shown.request, shown.source, shown.result, ends, style.strength, style.colours)


def cell(
    request: ExplanationRequest,
    source: WeightsSource,
    result: Attribution | str,
    ends: tuple[float, float],
    strength: float,
    colours: str = "viridis",
) -> None:
    """Show one explanation as an overlay and what it says, or why there is none."""
    if isinstance(result, str):
        st.info(literal(result), icon=":material/info:")
        return
    title, subject = METHODS[result.method].title, class_of(source, result)
    overlay = _overlay(request, source, result, ends, OverlayStyle(strength, colours))
    display.image(overlay, f"{title} of {names.of(source)} for {subject}, {in_words(result.map[0])}", width="stretch")
    st.caption(_says(source, result, colours))


def sentence(shown: Cell, style: OverlayStyle) -> str:
    """What a map says, or why there is none, as Markdown."""
    return literal(shown.result) if isinstance(shown.result, str) else _says(shown.source, shown.result, style.colours)


def _says(source: WeightsSource, result: Attribution, colours: str) -> str:
    subject, where = literal(class_of(source, result)), ""
    if result.layer:
        h, w = result.resolution
        called = names.layer(source, result.layer)
        where = f" at `{called}`, a map of {h}×{w}{cam_layers.coarser(source, result.layer)}"
    if result.blank[0]:
        return f"Nothing supports {subject}{where}: {result.blank_because}. This is a result, not an error."
    shown = SIGNS[colours] if result.signed else "Bright supports"
    return f"{shown} **{subject}**{where}; largest value {number(np.abs(result.map).max(), 2)}."


def brief(shown: Cell, ends: tuple[float, float], style: OverlayStyle) -> None:
    """Show one overlay of a grid without room for sentences: the class and the largest value, or why there is none."""
    result = shown.result
    if isinstance(result, str):
        st.caption(literal(result))
        return
    subject = class_of(shown.source, result)
    overlay = _overlay(shown.request, shown.source, result, ends, style)
    what = f"{METHODS[result.method].title} of {names.of(shown.source)} for {subject}"
    display.image(overlay, f"{what}, {in_words(result.map[0])}", "stretch")
    largest = "blank" if result.blank[0] else f"up to {number(np.abs(result.map).max(), 2)}"
    st.caption(f"**{literal(subject)}**, {largest}")


def bar(method: str, ends: tuple[float, float], style: OverlayStyle, narrow: bool = False) -> None:
    """Show the scale that all maps of a method share. `narrow`: below the method's name, so that it is clear whose
    scale it is."""
    low, high = ends
    title = f"{METHODS[method].title}, {METHODS[method].unit}; one scale for all maps"
    if page.presenting():
        title = METHODS[method].unit
    elif narrow:
        title = ""
    display.chart(
        charts.colour_bar(low, high, low < 0, title, page.presenting(), style.colours),
        f"Colour scale of {METHODS[method].title}",
        key=f"scale-{method}",
    )
    if narrow:
        st.caption(METHODS[method].unit)


def help_of(method: str) -> None:
    """Show what the method computes, what it costs, and when it does not apply."""
    with st.popover(METHODS[method].title, icon=":material/help:"):
        st.markdown(METHODS[method].help)


def class_of(source: WeightsSource, result: Attribution) -> str:
    """The class that is explained: "4", or "4 and not 9"."""
    classes = source.input_spec.classes
    name = classes[int(result.target[0])]
    return name if result.contrast is None else f"{name} compared with {classes[int(result.contrast[0])]}"


def _overlay(
    request: ExplanationRequest,
    source: WeightsSource,
    result: Attribution,
    ends: tuple[float, float],
    style: OverlayStyle,
) -> np.ndarray:
    heat = charts.overlay(
        request.image.prepared(source.input_spec), result.map[0], *ends, style.strength, style.colours
    )
    return charts.upscale(heat, max(1, SIDE // heat.shape[0]))


def archive(rows: list[list[Cell]], style: OverlayStyle) -> bytes:
    """A zip file: for each explanation the overlay as PNG and the raw map as float32 .npy; all settings as JSON.

    The cells of a row share one scale.
    """
    from PIL import Image

    packed, settings = io.BytesIO(), []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for cells in rows:
            ends = row(cells)
            for of_cell in cells:
                if isinstance(of_cell.result, str):
                    continue
                png, raw = io.BytesIO(), io.BytesIO()
                Image.fromarray(_overlay(of_cell.request, of_cell.source, of_cell.result, ends, style)).save(png, "PNG")
                np.save(raw, of_cell.result.map[0])
                settings.append(_settings(of_cell, of_cell.result, ends, style))
                files.writestr(f"{settings[-1]['files']}.png", png.getvalue())
                files.writestr(f"{settings[-1]['files']}.npy", raw.getvalue())
        files.writestr("settings.json", json.dumps(settings, indent=1))
    return packed.getvalue()


def _settings(of_cell: Cell, result: Attribution, ends: tuple[float, float], style: OverlayStyle) -> dict[str, object]:
    return {
        "files": f"{names.in_files(of_cell.source)}-{of_cell.method}-epoch-{of_cell.request.epoch}",
        "run": names.of(of_cell.source),
        "id": of_cell.source.id,
        "method": of_cell.method,
        "image": of_cell.request.image.name,
        "image_id": of_cell.request.image.key,
        "letterbox": of_cell.request.image.letterbox,
        "epoch": of_cell.request.epoch,
        "class": class_of(of_cell.source, result),
        "layer": result.layer,
        "scale": ends,
        "unit": METHODS[of_cell.method].unit,
        "overlay_strength": style.strength,
        "colour_map": style.colours,
    }
