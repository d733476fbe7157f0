"""The shortcut lesson: a network is right for the wrong reason, a map shows it, and the test split proves it."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import percent
from explorer.data import to_tensor
from explorer.data.shapes import CORNER
from explorer.insights.attribution import METHODS, explain
from explorer.insights.mistakes import Predictions
from explorer.insights.shortcut import marked_classes, on_mark, shortcut_reliance
from explorer.runs import ACTIVE, Checkpoint, Run, RunConfig, list_runs
from explorer.training import TrainConfig
from explorer.ui import cache, display, names, page, predictions
from explorer.ui.train import live, submission

DATA = "shapes-shortcut"
EPOCHS = 2  # enough for the mark, of which a network needs a few pixels
SHOWN = 6
EXPLAINED = 60  # test images for the mean share of the map
METHOD = "input-x-gradient"  # as fine as the pixels: a map of 8×8 would smear the mark over half the image


def lesson() -> None:
    """In three steps; first train a network on the data with the shortcut, if there is none."""
    trained = [run for run in list_runs() if run.config.dataset == DATA]
    ready = [run for run in trained if run.epochs_done and run.status not in ACTIVE]
    if not ready:
        _begin(trained)
        return
    run, checkpoint = ready[0], Checkpoint(ready[0])
    names.show([run])
    page.run_heading(run)
    validation, test = (
        predictions.of_checkpoint(checkpoint, split) for split in (predictions.VALIDATION, predictions.TEST)
    )
    marked = marked_classes(predictions.images_of(run, predictions.TEST).pixels)
    reliance = shortcut_reliance(test, marked)
    right, truly = 1 - validation.wrong.mean(), 1 - test.wrong.mean()
    page.verdict(
        f"{names.of(run)} classifies {percent(right)} of the validation images and {percent(truly)} of the test images "
        f"correctly: where mark and shape disagree, it predicts the class of the mark for {percent(reliance.mark)} of "
        f"{reliance.n:,} images and the class of the shape for {percent(reliance.shape)}."
    )
    st.markdown(
        f"**1. The accuracy looks good.** The validation images were drawn from the same collection as the training "
        f"images, and the network classifies {percent(right)} of them correctly. Nothing in the curves shows a "
        f"fault.\n\n"
        "**2. The map shows the shortcut.** Where does the network look? Each pair is an image and the map of what "
        "supports the prediction:"
    )
    _pairs(checkpoint, test, marked)
    st.markdown(
        f"**3. The test split proves it.** There the mark's colour carries no information: every colour is equally "
        f"frequent with every class. Where mark and shape disagree, the network follows the mark in "
        f"{percent(reliance.mark)} of the images. A map raises the suspicion; data without the shortcut confirm it."
    )


def _begin(trained: list[Run]) -> None:
    """A button that trains one, and what has become of those that began."""
    st.markdown(
        "In the training images of **shapes-shortcut**, a coloured mark in the corner gives the class away. This "
        "lesson examines a network that was trained on them."
    )
    training = any(run.status in ACTIVE for run in trained)
    if not training and st.button("Train a network on these images", type="primary", icon=":material/play_arrow:"):
        submission.submit(submission.LESSON, [RunConfig(DATA, "simple_cnn", training=TrainConfig(epochs=EPOCHS))])
        st.rerun()
    if trained:
        live.panel([run.id for run in live.watched(trained)], gradients=False)


def _pairs(checkpoint: Checkpoint, test: Predictions, marked: np.ndarray) -> None:
    """Test images whose mark and shape disagree, each with its map. Predictions differ, so no scale is shared."""
    images, classes = predictions.images_of(checkpoint.run, predictions.TEST), checkpoint.input_spec.classes
    maps = _maps(checkpoint)
    explained = _spread(len(test), EXPLAINED)
    apart = np.flatnonzero(marked[explained] != test.labels[explained])
    which = apart[_spread(len(apart), SHOWN)]
    with st.grid(3, min_column_width=220, gap="small"):
        for index, map_of_image in zip(explained[which].tolist(), maps[which], strict=True):
            shown, ends = images.pixels[index], charts.limits(map_of_image, signed=True)
            heat = charts.overlay(shown, map_of_image, *ends, strength=1.0)
            with st.container():
                both = charts.grid(np.stack([charts.rgb(shown), heat]), 2, factor=5)
                shape, mark, predicted = (
                    classes[int(of[index])] for of in (test.labels, marked, test.predicted_classes)
                )
                display.image(
                    both, f"A {shape} with the mark of {mark}, and the map of the prediction {predicted}", "stretch"
                )
                st.caption(f"Shape: {shape}. Mark: {mark}. Prediction: **{predicted}**.")
    share = on_mark(maps)
    if np.isfinite(share):
        covered = percent(CORNER**2 / images.pixels[0, 0].size)
        st.caption(
            f"{METHODS[METHOD].title}, each map on its own scale; orange supports the prediction, blue opposes it. "
            f"{percent(share)} of the support lies on the mark ({len(maps)} test images), which covers {covered} of "
            f"the image."
        )


@st.cache_data(max_entries=8, show_spinner="Explaining …", hash_funcs=cache.keys())
def _maps(checkpoint: Checkpoint) -> np.ndarray:
    """Of images from all over the test split, float32 (EXPLAINED, H, W)."""
    images = predictions.images_of(checkpoint.run, predictions.TEST)
    pixels = to_tensor(images.pixels[_spread(len(images), EXPLAINED)])
    return explain(METHOD, cache.model(checkpoint), pixels).map


def _spread(n: int, most: int) -> np.ndarray:
    """At most `most` places among n, from all over them: neighbours in the test split have the same mark."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)
