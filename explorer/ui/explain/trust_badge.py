"""The badge below each map of Saliency: whether this method depends on this network's weights; checked once and
stored."""

import hashlib
import json
from pathlib import Path
from typing import Literal

import streamlit as st

from explorer.data import to_tensor
from explorer.errors import UserError
from explorer.insights.attribution import METHODS
from explorer.insights.findings import explanation_checks as findings
from explorer.insights.weight_dependence import WeightDependence, weight_dependence
from explorer.mode import is_demo
from explorer.runs import Checkpoint, Run, WeightsSource
from explorer.runs.folder import checkpoints_folder, write_atomically
from explorer.ui import cache, names, page
from explorer.ui.explain.explanations import Cell
from explorer.ui.markdown import literal

FOLDER = "explanation-checks"  # in the run's folder, so that it moves with the run
OF_SAMPLES = f".{FOLDER}"  # in the checkpoints folder: samples are read-only and never deleted
IMAGES = 12  # how many of the first validation images
COLOURS: dict[bool | None, Literal["green", "orange", "gray"]] = {True: "green", False: "orange", None: "gray"}
ICONS = {True: ":material/check:", False: ":material/warning:", None: ":material/question_mark:"}


def show(cell: Cell) -> None:
    """Show the badge of one map; nothing if there is no map, or no data to check it on."""
    if not _can_be_checked(cell):
        return
    found = read(cell)
    if found is None and page.presenting():  # it hides the button that starts the check
        return
    if found is None:
        st.badge("not checked yet", color="gray", help="Press “Check these maps” below the maps.")
        return
    label, evidence = findings.badge(found)
    st.badge(label, icon=ICONS[found.depends], color=COLOURS[found.depends], help=literal(evidence))


def check_button(rows: list[list[Cell]]) -> None:
    """Offer to check what has not been checked: the page never makes a visitor wait unasked."""
    left = [cell for cells in rows for cell in cells if _can_be_checked(cell) and read(cell) is None]
    if not left or page.presenting() or is_demo():
        return
    slot = st.empty()
    if slot.button("Check these maps", icon=":material/fact_check:", key="check-maps"):
        for index, cell in enumerate(left):
            text = f"{METHODS[cell.method].title} of {names.of(cell.source)}: {IMAGES} images"
            slot.progress(index / len(left), literal(text))
            check(cell)
        st.rerun()


def check(cell: Cell) -> WeightDependence:
    """Compute the result on the first validation images, and store it."""
    validation = cache.data_of(cell.source).validation
    images = to_tensor(validation.pixels[:IMAGES])
    found = weight_dependence(cache.model(_checkpoint(cell)), images, cell.method, _layer(cell))
    file = _file(cell)
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {"correlations": found.correlations, "blank": found.blank}
    write_atomically(file, json.dumps(kept).encode())
    return found


def read(cell: Cell) -> WeightDependence | None:
    """The stored result for exactly these weights, this method and layer; None if there is none or its file is
    damaged."""
    try:
        kept = json.loads(_file(cell).read_bytes())
        return WeightDependence(tuple(float(value) for value in kept["correlations"]), int(kept["blank"]))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _can_be_checked(cell: Cell) -> bool:
    if isinstance(cell.result, str) or not cell.source.has_history:
        return False
    try:
        return bool(len(cache.data_of(cell.source).validation.pixels))
    except UserError:  # its images are missing or have changed
        return False


def _layer(cell: Cell) -> str | None:
    return None if isinstance(cell.result, str) else cell.result.layer


def _checkpoint(cell: Cell) -> Checkpoint:
    return Checkpoint(cell.source, cell.request.epoch)


def _file(cell: Cell) -> Path:
    """A file named by the weights' file, its stamp and the images: other weights or images under the same names have
    not been checked."""
    weights, images = _checkpoint(cell), cache.data_of(cell.source).fingerprint
    of = json.dumps([weights.path.name, weights.stamp, images, cell.method, _layer(cell), IMAGES])
    return _folder(cell.source) / f"{hashlib.sha256(of.encode()).hexdigest()[:24]}.json"


def _folder(source: WeightsSource) -> Path:
    own = isinstance(source, Run) and not source.is_sample
    return source.path / FOLDER if own else checkpoints_folder() / OF_SAMPLES / source.id
