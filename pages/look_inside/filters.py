"""Filters: the kernels of any convolution, from random to trained."""

import streamlit as st

from explorer.insights.filters import filters, first_and_last
from explorer.insights.layers import conv_layers
from explorer.runs import Checkpoint
from explorer.ui import cache, choices, compute, names, page
from explorer.ui.inside import filter_tiles
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import pick_epoch, pick_layer, pick_runs

STRONGEST = "strongest"

page.title("What do the filters look for?")
runs_column, epoch_column = st.columns([3, 1])
with runs_column:
    chosen = pick_runs(most=3, with_weights=True)
with epoch_column:
    epoch = pick_epoch(chosen)
for run in chosen:
    if not compute.convolutions(run):
        st.info(
            literal(f"{names.of(run)} ({run.config.model}) has no convolution and so no filters."),
            icon=":material/info:",
        )
chosen = [run for run in chosen if compute.convolutions(run)]
if not chosen:
    page.stop_with("Choose a run of a convolutional network above.")

models = {run.id: cache.model(Checkpoint(run, epoch)) for run in chosen}
ends = {name: first_and_last(model) for name, model in models.items()}
kernels = {name: filters(model, ends[name][0]) for name, model in models.items()}
called = names.shown()
counted = [f"{len(w)} kernels of {w.shape[2]}×{w.shape[3]} in {called[name]}" for name, w in kernels.items()]
page.verdict(f"The first convolution has {', '.join(counted)}.")
layers = {name: first for name, (first, _) in ends.items()}
by_norm, channel = True, STRONGEST
picture, options = page.picture_first()
if not page.presenting():
    with options, st.container(horizontal=True, vertical_alignment="bottom"):
        for run in chosen:
            layers[run.id] = pick_layer(run, conv_layers(models[run.id]), layers[run.id])
        count = filter_tiles.slices(list(models.values()), [(layers[name], *ends[name]) for name in models])
        if count:
            explained = "A kernel has a slice for each of its input channels."
            channel = choices.selectbox("Slice", [STRONGEST, *map(str, range(count))], "slice", help=explained)
        by_norm = choices.toggle("Strongest first", "by-norm", True, help="Sorts the kernels by their L2 norm.")
style = filter_tiles.TileStyle(by_norm, None if channel == STRONGEST else int(channel))

places = {"First convolution": 0, "Last convolution": -1}
for title, index in places.items():
    with picture:
        st.subheader(title, anchor=False)
        filter_tiles.beside(title, chosen, {run.id: ends[run.id][index] for run in chosen}, epoch, style)
if any(layers[run.id] not in ends[run.id] for run in chosen):
    st.subheader("Chosen convolution", anchor=False)
    filter_tiles.beside("Chosen convolution", chosen, layers, epoch, style)

st.subheader("From the initial to the trained weights", anchor=False)
st.caption("The kernels of the chosen convolution, in the order of the last epoch; one scale for all epochs of a run.")
for column, run in zip(st.columns(len(chosen)), chosen, strict=True):
    with column:
        page.run_heading(run)
        filter_tiles.play(run, layers[run.id], style)
if not page.presenting():
    table = st.expander(
        "Every convolution in numbers", icon=":material/table_chart:", on_change="rerun", key="filter-table"
    )
    with table:
        if table.open:
            for run in chosen:
                page.run_heading(run)
                filter_tiles.statistics(run, epoch)
page.theory(
    "A kernel slides over its input; where the image resembles the kernel, the output is large. In the first layer a "
    "kernel can be read as an image: edges, blobs, colours. In later layers a kernel has one slice for each of many "
    "input channels, and a single slice says little by itself. Play the epochs: filters that still look like their "
    "random initial weights have learned little.",
    "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
)
