"""Curves: several runs on shared axes, what they show, what the test images can tell, and what each run costs."""

import streamlit as st

from explorer.ui import cache, page
from explorer.ui.curves import comparison, own_loss, pairwise_tests, plots, table
from explorer.ui.pickers.runs import pick_runs
from explorer.ui.report import lead

page.title("Which network learns faster, and which one better?")
runs_column, group_column, loss_column = st.columns([3.6, 1, 1.2], vertical_alignment="bottom")
with loss_column:
    own_loss.check()  # before the runs: it needs none
with runs_column:
    chosen = pick_runs()
begun = [run for run in chosen if len(cache.steps(run).step)]
if not begun:
    page.stop_with("The chosen runs have not recorded a step yet: wait a moment.")
with group_column:
    compared = comparison.pick_groups(begun)
measured = compared.with_epochs
for sentence in (leaders := comparison.leaders(measured)):
    page.verdict(sentence, len(leaders))
comparison.unfinished(chosen)
picture, options = page.picture_first()
with options:
    drawing = plots.controls(compared)
    st.caption(plots.legend(compared, drawing))
with picture:
    plots.show(compared, drawing)
comparison.show_findings(comparison.findings(measured), lambda found, key: plots.finding_chart(compared, found, key))

pairwise_tests.show(measured)
if measured.runs:
    st.subheader("What does each network cost?", anchor=False)
    table.show(measured)
    lead.button()
page.theory(
    "The **loss** is the cross-entropy −ln p(true class), the mean per image: ln(number of classes) for guessing, 0 "
    "for certainty. **Validation** images are never used for training and are the same for every run on these data. A "
    "training loss below the validation loss is the gap that most networks show; **over-fitting** is a validation loss "
    "that "
    "rises while the training loss still falls. It is marked at the lowest validation loss if the loss has since risen "
    "by more than 5 % and 3.5 times the curve's own noise (Prechelt 1998). A **spike** is a step whose loss is "
    "at least twice that of the 51 steps around it and 5 median deviations above them. A run has **diverged** if its "
    "loss ends non-finite or worse than guessing, or explodes without recovering, and **collapsed** if it had learned "
    "and then lost most of what it had learned. The **best epoch** is the first epoch with the highest validation "
    "accuracy; its weights are saved and tested. One run is one seed: the seed alone may cause a difference between "
    "two curves.",
    "Goodfellow, Bengio & Courville 2016, Deep Learning, chapters 5 and 7; Prechelt 1998, Early Stopping – But When?; "
    "McNemar 1947; Holm 1979; Efron & Tibshirani 1993",
)
