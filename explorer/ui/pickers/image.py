"""The image that a page shows: sampled, uploaded, drawn or from the camera. It is kept across pages."""

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.charts.formatting import percent
from explorer.data import Dataset, InputSpec
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, choices, display, names, page, predictions, stage
from explorer.ui.markdown import literal
from explorer.ui.pickers import out_of_distribution, own_image, samples
from explorer.ui.pickers.input_image import InputImage, OwnImage, SampledImage
from explorer.ui.pickers.own_image import Own

ANY = "any class"
CROPPED, LETTERBOXED = "cropped", "letterboxed"
PREVIEW = 112  # pixels
MADE = {"uploaded": "uploaded", "drawn": "drawn", "camera": "taken by a camera"}
SEEN = "Input of the network"


def pick_image(source: WeightsSource, epoch: int | str = "best", pad: DeltaGenerator | None = None) -> InputImage:
    """The visitor's image, chosen in a part of the top row, and a preview of the network's input. `pad`: where to draw.

    Samples come from the data set of `source`; its mistakes are those of the weights of `epoch`.
    """
    picker, preview = st.columns([4, 1])
    with picker:
        kind = choices.segmented("Image", ["sampled", *MADE], "image")
        image = _sampled(source, epoch) if kind == "sampled" else None
    if image is not None:
        with preview:
            display.image(display.network_input(image.prepared(source.input_spec), PREVIEW), SEEN, PREVIEW, note=False)
        return image
    if choices.linked("image") and not own_image.is_here(kind):
        choices.notice(f"The link was made with an image that was {MADE[kind]}: the image is not in the link.")
    with pad if pad and kind == "drawn" else nullcontext():
        image = _own(source.input_spec, kind)
        for remark in image.remarks:
            st.caption(remark)
        _compared(source, image)
    return image


def _compared(source: WeightsSource, image: OwnImage) -> None:
    """Show an own image beside the network's input, and how it compares with the training images, by which rule."""
    prepared = image.prepared(source.input_spec)
    with st.container(horizontal=True):
        _preview(image.small(2 * PREVIEW), "The original")
        _preview(display.network_input(prepared, PREVIEW), SEEN)
        similar = st.empty()
    score = out_of_distribution.score(source, image)
    if score is None:
        return
    if score.warning is None:
        st.caption(literal(score.passed))
        return
    st.warning(literal(score.warning), icon=":material/warning:")
    with similar:
        nearest = cache.data_of(source).train.pixels[score.nearest]
        _preview(display.network_input(nearest, PREVIEW), "The most similar training image")


def _preview(pixels: np.ndarray, what: str) -> None:
    """Show uint8 (H, W, 3) with its longer side PREVIEW pixels long."""
    display.image(pixels, what, max(1, round(PREVIEW * pixels.shape[1] / max(pixels.shape))), what, note=False)


def _sampled(source: WeightsSource, epoch: int | str) -> SampledImage:
    data = samples.of(source)
    number, which = st.columns([1.4, 1], gap="xsmall")
    with which.popover("Filter", width="stretch"):
        wanted = choices.selectbox("Class", [ANY, *data.classes], "class")
        split = choices.selectbox("Split", [predictions.VALIDATION, predictions.TEST], "split")
        only_mistakes = source.has_history and choices.toggle(
            "Only mistakes",
            "mistakes",
            help="The images that the first chosen run misclassifies, the most confident mistake first.",
        )
    images, found = data.test if split == predictions.TEST else data.validation, None
    if only_mistakes:
        found = predictions.of_checkpoint(Checkpoint(source, epoch), split)
    index = np.arange(len(images)) if found is None else found.surest_mistakes()
    if wanted != ANY:
        index = index[images.labels[index] == data.classes.index(wanted)]
    if not len(index):
        kind = f"{split} images" if wanted == ANY else f"{split} images of class {wanted}"
        page.stop_with(
            f"{names.of(source)} classifies all {kind} correctly: switch “Only mistakes” off, or choose another run "
            "above."
        )
    with number:
        explained = "Its number among the images of the chosen class and split."
        shown: dict[str, Any] = {"help": explained, "label_visibility": "collapsed"}
        nth = choices.number_input("Number", 1, len(index), 1, "number", **shown)
    stage.offer("image", "number", range(1, len(index) + 1), nth - 1)
    picked = int(index[nth - 1])
    if found is not None:
        predicted, sure = data.classes[int(found.predicted_classes[picked])], percent(float(found.confidence[picked]))
        st.caption(literal(f"One of {len(index)} mistakes: {names.of(source)} predicts {predicted} ({sure})."))
    return sample(data, split, picked)


def sample(data: Dataset, split: str, index: int) -> SampledImage:
    """An image of a data set's validation or test split."""
    images = data.test if split == predictions.TEST else data.validation
    label = data.classes[int(images.labels[index])]
    name, key = f"{split.capitalize()} image {index + 1}", f"{data.fingerprint}-{split}-{index}"
    return SampledImage(name=name, key=key, label=label, pixels=images.pixels[index])


def _own(spec: InputSpec, kind: str) -> OwnImage:
    """A file, a photo or a drawing of the visitor."""
    digit = spec.preparation == "digit"
    if kind == "drawn":
        wanted = "one large digit" if digit else f"an object of class {spec.classes[0]}"
        return _of(own_image.drawn(wanted, colours=spec.channels == 3))
    file = own_image.handed_in(kind, "a digit, dark ink on light paper" if digit else f"class {spec.classes[0]}")
    letterbox = (
        spec.shows_whole_image
        and choices.segmented(
            "Fit",
            [CROPPED, LETTERBOXED],
            "fit",
            help="Networks take square images: the centre of your image, or all of it with bars in its mean colour.",
        )
        == LETTERBOXED
    )
    return _of(file, letterbox)


def _of(file: Own, letterbox: bool = False) -> OwnImage:
    key = hashlib.sha256(file.content).hexdigest() + LETTERBOXED * letterbox
    return OwnImage(name=file.name, key=key, letterbox=letterbox, content=file.content, remarks=file.remarks)


def warn_others(chosen: Sequence[WeightsSource], source: WeightsSource, image: OwnImage) -> None:
    """Name the runs on data other than those of `source` whose training images the image does not resemble; checks each
    data set once."""
    compared = {(source.config.dataset, source.config.image_size)}
    for other in chosen:
        data = other.config.dataset, other.config.image_size
        if data in compared or not other.has_history:
            continue
        compared.add(data)
        score = out_of_distribution.score(other, image)
        if score and score.warning:
            st.warning(literal(f"{names.of(other)}: {score.warning}"), icon=":material/warning:")
