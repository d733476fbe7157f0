"""Mistakes: which classes a run confuses, how sure it is of it, and who else gets it wrong."""

import streamlit as st

from explorer.runs import Checkpoint
from explorer.ui import cache, page, predictions
from explorer.ui.explain import gallery
from explorer.ui.explain.mistakes import EvaluatedRun, by_class, calibrated, confident, confusion, summary, together
from explorer.ui.pickers.runs import pick_epoch, pick_runs

PARTS = {
    "Which classes?": confusion,
    "How sure of it?": confident,
    "Is its word good?": calibrated,
    "Class by class": by_class,
    "Who else?": together,
}

page.title("What does it get wrong?")
runs_column, split_column, epoch_column = st.columns([3, 2, 1.4])
with runs_column:
    chosen = pick_runs(most=2, with_weights=True, published=False)
with split_column:
    split = st.segmented_control(
        "Images",
        [predictions.VALIDATION, predictions.TEST],
        default=predictions.VALIDATION,
        required=True,
        key="of",  # not "split": that is the picker of one image, which a click below sets
        bind="query-params",
        help="A choice between networks belongs to the validation images; the test images are for the final word.",
    )
with epoch_column:
    epoch = pick_epoch(chosen)

for run in chosen:
    cache.warn_if_changed(run)
evaluated = [EvaluatedRun(run, predictions.answers(Checkpoint(run, epoch), split), split) for run in chosen]
page.verdict(summary(evaluated))
part = st.segmented_control(
    "Look at", list(PARTS), default="Which classes?", required=True, key="part", bind="query-params"
)
PARTS[part](evaluated)
gallery.explain(chosen, epoch, split)
page.theory(
    "A confusion matrix has a row for each true class and a column for each answer; what is right lies on the "
    "diagonal. **Precision** is the share of a class's answers that are right, **recall** the share of its images "
    "that are found. A network gives each answer a probability, and training on the cross-entropy makes it too sure: "
    "a **calibrated** one is right in 90 of 100 images of which it says 90 %. When two networks are compared on the "
    "same images, only those count that one of them gets right and the other wrong.",
    "Guo et al. 2017, On Calibration of Modern Neural Networks; McNemar 1947",
)
