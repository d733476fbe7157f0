"""Saliency: where a prediction comes from, for several models on one scale."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number, percent
from explorer.insights.predict import top
from explorer.ui import compute, draw, frame, pick, picture

SIDE = 320  # pixels of a picture, before the browser scales it

frame.question("Where does the prediction come from?")
runs_column, image_column, epoch_column = st.columns([3, 4.2, 1.4])
with runs_column:
    chosen = pick.runs(most=4, with_weights=True)
with image_column:
    seen = picture.pick(chosen[0])
with epoch_column:
    epoch = pick.epoch(chosen)

guesses = {}
for run in chosen:
    probabilities = compute.probabilities(run, epoch, seen)
    guesses[run.id] = top(probabilities[None], run.input_like.classes, k=3)[0]
frame.answer(
    (f"True class {seen.label}: " if seen.label else "")
    + "; ".join(f"{run_id} says {g[0].label} ({percent(g[0].probability)})" for run_id, g in guesses.items())
    + "."
)

explained = []
class_column, *columns = st.columns([1, *[1.4] * len(chosen)])
with class_column:
    wanted = pick.target(chosen[0].input_like.classes)
for column, run in zip(columns, chosen, strict=True):
    with column:
        layers = compute.convolutions(run.id, run)
        if not layers:
            st.info(f"{run.id} is a {run.config.model}: Grad-CAM needs a convolution.", icon=":material/info:")
            continue
        explained.append((run, pick.layer(run, layers, compute.cam_layer(run.id, run))))

results = [
    (run, compute.cam(run, epoch, layer, pick.class_index(run.input_like.classes, wanted), seen))
    for run, layer in explained
]
high = max((float(result.map.max()) for _, result in results), default=0.0)
strength = (
    0.8 if frame.presenting() else st.slider("Overlay strength", 0.0, 1.0, 0.8, key="strength", bind="query-params")
)
columns = st.columns(1 + len(results))
with columns[0]:
    frame.heading("What the network sees")
    prepared = seen.prepared(chosen[0].input_like)
    draw.image(draw.network_input(prepared, SIDE), "The image as the network sees it", width="stretch")
    st.caption(f"{prepared.shape[-1]}×{prepared.shape[-2]} pixels.")
for column, (run, result) in zip(columns[1:], results, strict=True):
    with column:
        frame.run_heading(run)
        name = run.input_like.classes[int(result.target[0])]
        heat = charts.overlay(seen.prepared(run.input_like), result.map[0], 0.0, high, strength)
        draw.image(
            charts.upscale(heat, max(1, SIDE // heat.shape[0])),
            f"Grad-CAM of {run.id} for class {name}",
            width="stretch",
        )
        rows, cols = result.raw.shape[1:]
        if result.blank[0]:
            st.caption(f"Nothing at `{result.layer}` speaks for {name}: the map is zero everywhere. That is a result.")
        else:
            st.caption(
                f"Speaks for **{name}** at `{result.layer}`, a map of {rows}×{cols}, "
                f"largest {number(result.map.max(), 2)}."
            )
if results and high > 0:
    draw.chart(
        charts.colour_bar(0.0, high, title="Grad-CAM, in logits; one scale for all", present=frame.presenting()),
        "Colour scale of the maps",
    )

st.subheader("What else it could be", anchor=False)
bars = pd.DataFrame(
    [(run_id, g.label, g.probability) for run_id, gs in guesses.items() for g in gs],
    columns=["run", "label", "probability"],
)
draw.chart(charts.probability_bars(bars, present=frame.presenting()), "The three likeliest classes of each run")
frame.theory(
    "**Grad-CAM** weighs each feature map of a layer by how much the class's logit grows with it (the mean of its "
    "gradient), sums them and keeps what is positive: where it is bright, the layer found what speaks for the class. "
    "The map has the layer's resolution and is stretched over the image. It says where evidence was found, not "
    "whether the reason is a good one.",
    "Selvaraju et al. 2017, Grad-CAM",
)
