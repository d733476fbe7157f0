"""Gradients: whether they reach the first layer, and how large they are relative to the weights that they change."""

import streamlit as st

from explorer.insights.findings.gradients import reach
from explorer.insights.gradients import NOT_BETTER, first_to_last_ratio
from explorer.ui import cache, choices, display, names, page, saving, stage
from explorer.ui.inside import gradients
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import pick_runs

MOST = 4

page.title("Do gradients reach the first layer?")
runs_column, epoch_column = st.columns([3, 2], vertical_alignment="bottom")
with runs_column:
    chosen = [run for run in pick_runs(most=MOST) if len(cache.steps(run).step)]
if not chosen:
    page.stop_with("The chosen runs have not recorded a step yet: wait a moment.")
last = min(max(run.epochs_done, 1) for run in chosen)
with epoch_column:
    epoch = choices.slider("Epoch of training", 1, last, choices.Follows(lambda: last), "at") if last > 1 else 1
stage.offer("epoch", "at", range(1, last + 1), epoch - 1)
flows = {names.of(run): first_to_last_ratio(cache.steps(run), display.table(run), epoch) for run in chosen}
page.verdict(reach(flows))
for run in chosen:
    if not run.epochs_done:
        st.caption(literal(f"{names.of(run)} has not finished its first epoch: its means are over the steps so far."))
with stage.picture():
    gradients.by_depth(chosen, epoch)

view = choices.segmented(
    "View", list(gradients.VIEWS), "gradients-view", format_func=lambda name: gradients.VIEWS[name].title
)
gradients.show(view, chosen, epoch)
if not page.presenting():
    numbers = st.expander("Table", icon=":material/table_chart:", on_change="rerun", key="gradient-numbers")
    with numbers:
        if numbers.open:
            saving.dataframe(gradients.table(chosen, epoch), hide_index=True, alt="Gradient norm of every parameter")
page.theory(
    "Each point is the L2 norm of the gradient of one parameter tensor, averaged over the steps of the epoch. "
    "Backpropagation multiplies by every layer's Jacobian on the way to the first layer: with many layers and "
    "saturating activations the product can **vanish**, and the first layers stop learning. **Skip connections** give "
    "the gradient a path around the convolutions of a block; the ReLU after the addition still lets it pass only where "
    "it is active. A step does not apply the gradient alone: momentum and Adam rescale it, so the **update** is "
    "measured from the weights before and after the step. A **dead ReLU** is zero for every image: it gets no gradient "
    "and cannot recover by itself. "
    f"{NOT_BETTER}",
    "Glorot & Bengio 2010; He et al. 2015, Deep Residual Learning; Karpathy 2015, CS231n (ratio of updates to weights)",
)
