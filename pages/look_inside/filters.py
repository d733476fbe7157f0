"""Filters: the kernels of the first and the last convolution."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.filters import filter_norms, filters, first_and_last
from explorer.insights.layers import conv_layers
from explorer.ui import draw, frame, load, pick

SHOWN = 64

frame.question("What do the filters look for?")
runs_column, epoch_column = st.columns([3, 1])
with runs_column:
    chosen = pick.runs(most=3, with_weights=True)
with epoch_column:
    epoch = pick.epoch(chosen)
models = {run.id: load.model(run, epoch) for run in chosen}
for run in chosen:
    if not conv_layers(models[run.id]):
        st.info(f"{run.id} is a {run.config.model}: it has no convolution, so no filters.", icon=":material/info:")
chosen = [run for run in chosen if conv_layers(models[run.id])]
if not chosen:
    frame.stop_with("Choose a run of a convolutional network above.")


def shown(weights: np.ndarray, limit: float, by_norm: bool, channel: int) -> np.ndarray:
    """At most SHOWN filters as one picture, on the scale ±limit."""
    order = np.argsort(-filter_norms(weights)) if by_norm else np.arange(len(weights))
    pictures = charts.filters_rgb(weights[order[:SHOWN]], channel, limit)
    return charts.grid(pictures, columns=8, factor=max(2, 48 // weights.shape[-1]), gap=6)


names = {run.id: first_and_last(models[run.id]) for run in chosen}
frame.answer(
    "; ".join(
        f"{run.id} begins with {len(weights)} kernels of {weights.shape[2]}×{weights.shape[3]}"
        for run in chosen
        for weights in [filters(models[run.id], names[run.id][0])]
    )
    + "."
)
by_norm = frame.presenting() or st.toggle("Strongest first", True, key="by-norm", help="Sorted by the L2 norm.")
for place, title in enumerate(("First convolution", "Last convolution")):
    weights = {run.id: filters(models[run.id], names[run.id][place]) for run in chosen}
    limit = max(float(np.abs(w).max()) for w in weights.values())
    channels = min(w.shape[1] for w in weights.values())
    st.subheader(title, anchor=False)
    channel = 0
    if channels > 3 and not frame.presenting():
        channel = st.slider(
            "Input channel", 0, channels - 1, 0, key="slice", help="Each kernel has one slice for each."
        )
    for column, run in zip(st.columns(len(chosen)), chosen, strict=True):
        w = weights[run.id]
        with column:
            frame.run_heading(run)
            picture = shown(w, limit, by_norm, channel)
            draw.image(picture, f"{title} of {run.id}: kernels as small pictures", width="stretch")
            some = f"{SHOWN} of its {len(w)}" if len(w) > SHOWN else str(len(w))
            norms = filter_norms(w)
            st.caption(
                f"`{names[run.id][place]}`: {some} kernels, {w.shape[2]}×{w.shape[3]}, {w.shape[1]} input channels; "
                f"L2 norms from {number(norms.min(), 2)} to {number(norms.max(), 2)}."
            )
    colours = (
        "red, green and blue are the weights on the three channels, grey is zero"
        if channels == 3
        else "orange adds, blue subtracts"
    )
    st.caption(f"One scale for all: ±{number(limit, 2)}; {colours}.")
frame.theory(
    "A kernel is slid over its input; where the image looks like the kernel, the output is large. In the first layer "
    "one can read it as a picture: edges, blobs, colours. In later layers a kernel has a slice for each of many input "
    "channels, and a single slice says little by itself. Watch the epochs: filters that still look like noise have "
    "learned little.",
    "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
)
