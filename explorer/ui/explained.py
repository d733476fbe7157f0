"""Explanations as a page shows them: one scale a method, what a map says in a sentence, and the files to take home."""

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
from explorer.runs import Run
from explorer.ui import compute, draw
from explorer.ui.picture import Picture

SIDE = 320  # pixels of a picture, before the browser scales it


@dataclass(frozen=True)
class Asked:
    """What is to be explained, the same for all runs and methods."""

    epoch: int | str
    seen: Picture
    target: str  # a class's name, or anything else for the predicted class
    versus: str  # a class's name, or anything else for none

    def answer(self, method: str, run: Run, layer: str | None) -> Attribution | str:
        """The explanation, or in a sentence why there is none."""
        target, versus = (_index(run, name) for name in (self.target, self.versus))
        if not METHODS[method].needs_layer:
            layer = None
        elif layer is None:
            return f"{METHODS[method].title} needs a convolution, and {run.id} is a {run.config.model}."
        try:
            with st.spinner(f"{METHODS[method].title} of {run.id} …", show_time=True):
                return compute.attribution(method, run, self.epoch, layer, target, versus, self.seen)
        except UserError as error:
            return str(error)


def _index(run: Run, name: str) -> int | None:
    classes = run.input_like.classes
    return classes.index(name) if name in classes else None


def scale(results: list[Attribution | str]) -> tuple[float, float]:
    """(low, high) that all explanations by one method share; low is below zero where they are signed."""
    found = [result for result in results if not isinstance(result, str)]
    if found and found[0].signed:
        return charts.limits(*(result.map for result in found), signed=True)
    return 0.0, max((float(np.nan_to_num(result.map).max()) for result in found), default=0.0)


def cell(asked: Asked, run: Run, result: Attribution | str, ends: tuple[float, float], strength: float) -> None:
    """One picture of the grid, and what it says."""
    if isinstance(result, str):
        st.info(result, icon=":material/info:")
        return
    title, subject = METHODS[result.method].title, said(run, result)
    draw.image(_picture(asked, run, result, ends, strength), f"{title} of {run.id} for {subject}", width="stretch")
    place = f" at `{result.layer}`, a map of {result.resolution[0]}×{result.resolution[1]}" if result.layer else ""
    if result.blank[0]:
        st.caption(f"Nothing speaks for {subject}{place}: the map is zero everywhere. That is a result.")
    else:
        colours = "Orange speaks for, blue against" if result.signed else "Bright speaks for"
        st.caption(f"{colours} **{subject}**{place}; largest {number(np.abs(result.map).max(), 2)}.")


def said(run: Run, result: Attribution) -> str:
    """The class that is explained: "4", or "4 and not 9"."""
    classes = run.input_like.classes
    name = classes[int(result.target[0])]
    return name if result.versus is None else f"{name} and not {classes[int(result.versus[0])]}"


def _picture(asked: Asked, run: Run, result: Attribution, ends: tuple[float, float], strength: float) -> np.ndarray:
    heat = charts.overlay(asked.seen.prepared(run.input_like), result.map[0], *ends, strength)
    return charts.upscale(heat, max(1, SIDE // heat.shape[0]))


def archive(
    asked: Asked, grid: dict[str, list[tuple[Run, Attribution | str]]], scales: dict[str, tuple], strength: float
) -> bytes:
    """A zip file: of each explanation the overlay as PNG and the raw map as float32 .npy, and all settings as JSON."""
    from PIL import Image

    packed, settings = io.BytesIO(), []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for method, row in grid.items():
            for run, result in row:
                if isinstance(result, str):
                    continue
                name, picture, raw = f"{run.id}-{method}", io.BytesIO(), io.BytesIO()
                Image.fromarray(_picture(asked, run, result, scales[method], strength)).save(picture, "PNG")
                np.save(raw, result.map[0])
                files.writestr(f"{name}.png", picture.getvalue())
                files.writestr(f"{name}.npy", raw.getvalue())
                settings.append(
                    {
                        "files": name,
                        "run": run.id,
                        "method": method,
                        "image": asked.seen.name,
                        "epoch": asked.epoch,
                        "class": said(run, result),
                        "layer": result.layer,
                        "scale": scales[method],
                        "unit": METHODS[method].unit,
                        "overlay_strength": strength,
                    }
                )
        files.writestr("settings.json", json.dumps(settings, indent=1))
    return packed.getvalue()
