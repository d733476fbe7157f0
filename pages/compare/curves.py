"""Curves: loss and accuracy of several runs on shared axes, and what each run costs."""

import streamlit as st

from explorer import charts
from explorer.ui import draw, frame, load, pick
from explorer.ui.comparison import cost_table, leader

frame.question("Which one learns faster, and which one better?")
chosen = pick.runs()
epochs = load.epochs(chosen)
if epochs.empty:
    frame.stop_with("The chosen runs have not finished an epoch yet: come back in a moment.")
frame.answer(leader(chosen))

log = False if frame.presenting() else st.toggle("Logarithmic loss", key="log", bind="query-params")
loss, accuracy = st.columns(2)
with loss:
    draw.chart(
        charts.loss_curves(epochs, log=log, present=frame.presenting()),
        "Training and validation loss over epochs, a colour for each run",
    )
with accuracy:
    draw.chart(
        charts.accuracy_curves(epochs, present=frame.presenting()),
        "Training and validation accuracy over epochs, a colour for each run",
    )
st.caption(
    "Bold with points: validation, after the epoch. Thin: training, averaged over the epoch while the weights were "
    "changing, so it may lag behind. Click a run in the legend to see it alone."
)
cost_table(chosen)
frame.theory(
    "The **loss** is the cross-entropy −ln p(true class), the mean per image: ln(number of classes) for guessing, 0 "
    "for certainty. **Validation** images are a fixed tenth that is never trained on. Training below validation is "
    "the sign of **over-fitting**: the network knows its training images better than new ones. One run is one seed: a "
    "small difference between two curves may be luck.",
    "Goodfellow, Bengio & Courville 2016, Deep Learning, chapters 5 and 7",
)
