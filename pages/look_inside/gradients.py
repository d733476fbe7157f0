"""Gradients: the norm of every parameter's gradient, at an epoch and over time."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.insights.gradients import first_to_last_ratio, norms_at_epoch
from explorer.ui import draw, frame, load, pick

frame.question("Do gradients reach the first layer?")
chosen = pick.runs(most=3)
chosen = [run for run in chosen if run.epochs_done]
if not chosen:
    frame.stop_with("The chosen runs have not finished an epoch yet: come back in a moment.")
last = min(run.epochs_done for run in chosen)
epoch = st.slider("Epoch of training", 1, last, last, key="at", bind="query-params") if last > 1 else 1
for run in chosen:
    frame.answer(f"{run.id}: {first_to_last_ratio(load.steps(run), draw.table(run), epoch).sentence}")

at_epoch = pd.concat(
    [norms_at_epoch(load.steps(run), epoch, draw.table(run)).assign(run=run.id) for run in chosen], ignore_index=True
)
draw.chart(
    charts.norm_profile(at_epoch, present=frame.presenting()),
    f"Gradient norm of the weights by depth in epoch {epoch}, a line for each run",
)
st.subheader(f"Every parameter in epoch {epoch}", anchor=False)
draw.chart(
    charts.norm_bars(at_epoch, present=frame.presenting()),
    f"Gradient norm of every parameter in epoch {epoch}; weights, biases, batch-norm scale and shift apart",
)
st.subheader("Over time", anchor=False)
over_time = pd.concat([draw.gradient_lines(run) for run in chosen], ignore_index=True)
draw.chart(charts.norm_lines(over_time, present=frame.presenting()), "Gradient norm of each layer over the steps")
with st.expander("The numbers", icon=":material/table_chart:"):
    st.dataframe(at_epoch, hide_index=True, alt="Gradient norm of every parameter")
frame.theory(
    "Each point is the L2 norm of the gradient of one parameter tensor, averaged over the steps of the epoch. "
    "Back-propagation multiplies by every layer's Jacobian on its way to the first layer: with many layers and "
    "saturating activations the product can **vanish**, and the first layers stop learning. **Skip connections** give "
    "the gradient a path without multiplications. Called vanishing here: the first layer's gradient is below 1/1000 "
    "of the last layer's.",
    "Glorot & Bengio 2010; He et al. 2015, Deep Residual Learning",
)
