"""Filters: the kernels of any convolution, from random to trained."""

import streamlit as st

from explorer.insights.filters import filters, first_and_last
from explorer.insights.findings.filters import look_for
from explorer.insights.layers import conv_layers
from explorer.runs import Checkpoint
from explorer.ui import cache, choices, compute, names, page
from explorer.ui.inside import filter_player, filter_tiles
from explorer.ui.pickers import layer_ends, top_row
from explorer.ui.pickers.runs import pick_layer

STRONGEST = "strongest"

page.title("What do the filters look for?")
chosen, epoch = top_row.runs_epoch(most=3)
without = [source for source in chosen if not compute.convolutions(source)]
notes = [f"{names.of(source)} ({source.config.model}) has no convolution and so no filters." for source in without]
chosen = [source for source in chosen if source not in without]
if not chosen:
    page.notes(notes)
    page.stop_with("Choose a run of a convolutional network above.")

models = {source.id: cache.model(Checkpoint(source, epoch)) for source in chosen}
ends = {name: first_and_last(model) for name, model in models.items()}
kernels = {name: filters(model, ends[name][0]) for name, model in models.items()}
called = names.shown()
page.verdict(look_for({called[name]: weights for name, weights in kernels.items()}))
layers = {name: first for name, (first, _) in ends.items()}
by_norm, channel = True, STRONGEST
picture, options = page.picture_first()
if not page.presenting():
    with options, st.container(horizontal=True, vertical_alignment="bottom"):
        for source in chosen:
            layers[source.id] = pick_layer(source, conv_layers(models[source.id]), layers[source.id])
        layer_ends.buttons([(source, conv_layers(models[source.id])) for source in chosen])
        count = filter_tiles.slices(list(models.values()), [(layers[name], *ends[name]) for name in models])
        if count:
            explained = "A kernel has a slice for each of its input channels."
            channel = choices.selectbox("Slice", [STRONGEST, *map(str, range(count))], "slice", help=explained)
        by_norm = choices.toggle("Strongest first", "by-norm", True, help="Sorts the kernels by their L2 norm.")
style = filter_tiles.TileStyle(by_norm, None if channel == STRONGEST else int(channel))

places = {"First convolution": 0, "Last convolution": -1}
halves = picture.columns(2) if page.presenting() else [picture] * 2  # the stage is wider than it is high
for half, (title, index) in zip(halves, places.items(), strict=True):
    with half:
        st.subheader(title, anchor=False)
        filter_tiles.beside(title, chosen, {source.id: ends[source.id][index] for source in chosen}, epoch, style)
page.notes(notes)
if any(layers[source.id] not in ends[source.id] for source in chosen):
    st.subheader("Chosen convolution", anchor=False)
    filter_tiles.beside("Chosen convolution", chosen, layers, epoch, style)

st.subheader("From the initial to the trained weights", anchor=False)
st.caption(
    "The kernels of the chosen convolution with their numbers, in the order of the last epoch; one scale for all "
    "epochs of a run."
)
filter_player.play(chosen, layers, style)
if not page.presenting():
    table = st.expander(
        "Every convolution in numbers", icon=":material/table_chart:", on_change="rerun", key="filter-table"
    )
    with table:
        if table.open:
            for source in chosen:
                page.run_heading(source)
                filter_tiles.statistics(source, epoch)
page.theory(
    "A kernel slides over its input; where the image resembles the kernel, the output is large. In the first layer a "
    "kernel can be read as an image: edges, blobs, colours. In later layers a kernel has one slice for each of many "
    "input channels, and a single slice says little by itself. Play the epochs: filters that still look like their "
    "random initial weights have learned little.",
    "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
)
