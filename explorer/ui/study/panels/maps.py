"""The first and the last activation maps of each variant for one image."""

from functools import partial

import streamlit as st

from explorer import charts
from explorer.insights.features import dead_maps, strongest
from explorer.models.activations import ACTIVATIONS
from explorer.runs import Checkpoint, Run
from explorer.ui import cache, compute, display, names, page
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, beside

SHOWN = 32
COLUMNS = 8


def _maps(view: View, key: str, ends: tuple[int, ...]) -> None:
    image, runs = view.input_image(), _with_maps(view)
    for end in ends:
        title = "Last activation" if end else "First activation"
        layers = {run.id: activations(run)[end] for run in runs}
        maps = {run.id: compute.maps(Checkpoint(run), layers[run.id], image) for run in runs}
        low, high = charts.limits(*maps.values())
        if len(ends) > 1:
            st.markdown(title)
        for run in beside(view, runs):
            m = maps[run.id]
            order = strongest(m[None])[:SHOWN]
            tiled = charts.tile(m[order], COLUMNS, low, high, low < 0, factor=max(1, 64 // m.shape[-1]))
            display.image(tiled, f"{title} of {view.variant[run.id]}: its feature maps", width="stretch")
            some = f"The {SHOWN} strongest of {len(m)}" if len(m) > SHOWN else f"All {len(m)}"
            silent = int(dead_maps(m[None])[0].sum())
            called = names.layer(run, layers[run.id])
            st.caption(f"{some} maps of `{called}`, {m.shape[1]}×{m.shape[2]}; {silent} dead for this image.")
        scale = charts.colour_bar(low, high, low < 0, "Activation, one scale for all", page.presenting())
        display.chart(scale, "Colour scale of the feature maps", key=f"study-maps-{end}-{len(ends)}-{key}")


@st.cache_data(max_entries=256, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def activations(run: Run) -> list[str]:
    """Names of the activations that output maps, in the order in which they run."""
    kinds = tuple(ACTIVATIONS.values())
    activation_names = {name for name, module in run.network.on_meta().named_modules() if isinstance(module, kinds)}
    return [name for name, shape in compute.shapes(run).items() if len(shape) == 3 and name in activation_names]


def _with_maps(view: View) -> list[Run]:
    return [run for run in view.first_seeds() if activations(run)]


def _panel(title: str, ends: tuple[int, ...]) -> Panel:
    return Panel(
        f"{title}, first seed, best epoch",
        partial(_maps, ends=ends),
        "The output of each channel for the image, strongest first.",
        wide=True,
        applies=lambda view: bool(_with_maps(view)),
        needs_image=True,
    )


PANELS: dict[str, Panel] = {
    "first maps": _panel("Feature maps of the first layer for one image", (0,)),
    "maps": _panel("Feature maps of the first and the last layer for one image", (0, -1)),
}
