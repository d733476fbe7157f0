"""Mistakes: which classes a run confuses, how confident it is, and whether another run does better."""

import streamlit as st

from explorer.runs import Checkpoint
from explorer.ui import cache, choices, page, predictions, stage
from explorer.ui.explain import gallery
from explorer.ui.explain.mistakes import EvaluatedRun, by_class, calibrated, confident, confusion, summary, together
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import pick_epoch, pick_runs

PARTS = {
    "confusion": ("Which classes are confused?", confusion),
    "confidence": ("How confident are the mistakes?", confident),
    "calibration": ("Is it calibrated?", calibrated),
    "by-class": ("Class by class", by_class),
    "together": ("Do two runs differ?", together),
}
OLD_LINKS = {  # of version 0.2.0 and earlier
    "Which classes?": "confusion",
    "How sure of it?": "confidence",
    "Is its word good?": "calibration",
    "Who else?": "together",
}

page.title("What does the network get wrong?")
runs_column, split_column, epoch_column = st.columns([4.6, 1.6, 1])
with runs_column:
    chosen = pick_runs(most=2, with_weights=True)
with split_column:
    split = choices.segmented(
        "Images",
        [predictions.VALIDATION, predictions.TEST],
        "of",  # not "split": that is the picker of one image, which a click below sets
        help="Choose between networks on the validation images; keep the test images for the final result.",
    )
with epoch_column:
    epoch = pick_epoch(chosen)

for run in chosen:
    cache.warn_if_changed(run)
evaluated = [EvaluatedRun(run, predictions.of_checkpoint(Checkpoint(run, epoch), split), split) for run in chosen]
answer, _, evidence = summary(evaluated).partition("\n")
page.verdict(f"{answer}\n{evidence}" if page.presenting() else answer)
part = choices.segmented(
    "Look at",
    list(PARTS),
    "part",
    format_func=lambda name: PARTS[name][0],
    was=OLD_LINKS,
    label_visibility="collapsed",
)
if part == "confusion":  # which has options of its own, below its picture
    confusion(evaluated)
else:
    with stage.picture():
        PARTS[part][1](evaluated)
gallery.explain(chosen, epoch, split)
if not page.presenting():  # above the picture its lines would push that below the fold
    st.caption(literal(evidence))
page.theory(
    "A confusion matrix has a row for each true class and a column for each predicted class; correct predictions lie "
    "on the diagonal. **Precision** is the share of the predictions of a class that are correct, **recall** the share "
    "of the images of a class that are classified correctly. A network gives each prediction a probability, and "
    "training on the cross-entropy makes it overconfident: a **calibrated** network classifies 90 of 100 images "
    "correctly when it predicts their classes with 90 %. When two networks are compared on the same images, only the "
    "images count that one of them classifies correctly and the other does not.",
    "Guo et al. 2017, On Calibration of Modern Neural Networks; McNemar 1947",
)
