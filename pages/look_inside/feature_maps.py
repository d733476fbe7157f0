"""Feature maps: what each layer makes of an image."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.features import dead_maps, strongest
from explorer.ui import compute, draw, frame, pick, top_row

SHOWN = 64

frame.question("What does a layer see?")
chosen, seen, epoch = top_row.runs_image_epoch(most=2)

layers = {}
for column, run in zip(st.columns(len(chosen)), chosen, strict=True):
    with column:
        shapes = compute.shapes(run.id, run)
        with_maps = [name for name, shape in shapes.items() if len(shape) == 3 and name != "normalize"]
        if not with_maps:
            st.info(f"{run.id} is a {run.config.model}: its layers have no maps.", icon=":material/info:")
            continue
        layers[run.id] = pick.layer(run, with_maps, with_maps[0])
chosen = [run for run in chosen if run.id in layers]
if not chosen:
    frame.stop_with("Choose a run of a convolutional network above.")

maps = {run.id: compute.maps(run, epoch, layers[run.id], seen) for run in chosen}
dead = {run_id: int(dead_maps(m[None])[0].sum()) for run_id, m in maps.items()}
frame.answer(
    "; ".join(
        f"{run.id} has {len(maps[run.id])} maps here, "
        + (f"{dead[run.id]} of them say nothing about this image" if dead[run.id] else "all of them answer")
        for run in chosen
    )
    + "."
)
low, high = min(float(m.min()) for m in maps.values()), max(float(m.max()) for m in maps.values())
signed = low < 0
left, *columns = st.columns([1.2, *[3] * len(chosen)])
with left:
    frame.heading("What the network sees")
    draw.image(
        draw.network_input(seen.prepared(chosen[0].input_like)), "The image as the network sees it", width="stretch"
    )
    st.caption(f"{seen.name}, true class {seen.label}." if seen.label else f"{seen.name}.")
for column, run in zip(columns, chosen, strict=True):
    m = maps[run.id]
    order = strongest(m[None])[:SHOWN]
    with column:
        frame.run_heading(run)
        columns = 4 if len(order) <= 16 else 8
        tiled = charts.tile(m[order], columns, low, high, signed, factor=max(1, 96 // m.shape[-1]))
        draw.image(tiled, f"Feature maps of layer {layers[run.id]} of {run.id}", width="stretch")
        some = f"The {SHOWN} strongest of {len(m)}" if len(m) > SHOWN else f"All {len(m)}"
        st.caption(f"{some} maps of `{layers[run.id]}`, {m.shape[1]}×{m.shape[2]} pixels, strongest first.")
draw.chart(
    charts.colour_bar(low, high, signed, "Activation", frame.presenting()), "Scale of the maps, the same for all"
)
if len(chosen) > 1:
    st.caption(f"One scale for all maps, from {number(low, 2)} to {number(high, 2)}.")
with st.expander("Strength of each map", icon=":material/table_chart:"):
    for run in chosen:
        m = maps[run.id]
        st.dataframe(
            {
                "map": strongest(m[None]),
                "mean |activation|": np.abs(m).mean(axis=(1, 2))[strongest(m[None])],
                "maximum": m.max(axis=(1, 2))[strongest(m[None])],
            },
            hide_index=True,
            alt=f"Strength of each feature map of {run.id}",
        )
frame.theory(
    "A feature map is the output of one channel: bright where its kernel found what it looks for. Early layers keep "
    "the shape of the image and mark edges; later ones are coarse and answer to parts. A map that is the same "
    "everywhere says nothing about this image; if it is so for every image, its unit is dead.",
    "Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks",
)
