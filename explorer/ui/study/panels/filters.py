"""The kernels of the first and the last convolution of each variant."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.filters import filter_norms, filters
from explorer.runs import Checkpoint
from explorer.ui import cache, compute, display, names
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, beside, with_convolutions

SHOWN = 32
COLUMNS = 8


def _filters(view: View, key: str) -> None:
    runs = with_convolutions(view)
    for title, index in (("First convolution", 0), ("Last convolution", -1)):
        layers = {run.id: compute.convolutions(run)[index] for run in runs}
        weights = {run.id: filters(cache.model(Checkpoint(run)), layers[run.id]) for run in runs}
        limit = max(float(np.abs(w).max()) for w in weights.values())
        st.markdown(f"{title}, on one scale: ±{number(limit, 2)}")
        for run in beside(view, runs):
            w = weights[run.id]
            display.image(_tiled(w, limit), f"{title} of {view.variant[run.id]}: its kernels", width="stretch")
            st.caption(_sentence(names.layer(run, layers[run.id]), w))


def _tiled(weights: np.ndarray, limit: float) -> np.ndarray:
    """The strongest kernels, by their L2 norm, as tiles; if there are many input channels, the slice of the first."""
    strongest = np.argsort(-filter_norms(weights), kind="stable")[:SHOWN]
    kernels = charts.filters_rgb(weights[strongest], 0, limit)
    return charts.grid(kernels, COLUMNS, factor=max(2, 36 // weights.shape[-1]), gap=6)


def _sentence(layer: str, weights: np.ndarray) -> str:
    count, inputs, height, width = weights.shape
    some = f"The {SHOWN} strongest of {count}" if count > SHOWN else f"All {count}"
    slices = f", the slice for the first of {inputs} input channels" if inputs > 3 else ""
    return f"{some} kernels of `{layer}`, {height}×{width}{slices}."


PANELS: dict[str, Panel] = {
    "filters": Panel(
        "Filters, first seed, best epoch",
        _filters,
        "Orange: positive weights, blue: negative; with three colour channels the weights are shown as colours, and "
        "grey is zero.",
        wide=True,
        applies=lambda view: bool(with_convolutions(view)),
    ),
}
