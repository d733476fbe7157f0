"""The images of the data set that activate a channel most, as the Feature maps page shows them."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.data import Dataset
from explorer.insights.receptive_field import Field
from explorer.insights.top_activating import TopActivating, top_activating_images
from explorer.ui import cache, choices, display, page, passes
from explorer.ui.features.picker import View
from explorer.ui.markdown import literal
from explorer.ui.pickers import networks

AMONG = (100, 300, 1000, 3000, 10_000)  # validation images
SIDE = 128  # pixels of a tile


def pick_among() -> int:
    """How many validation images are searched, at most."""
    return choices.select_slider(
        "Number of images searched, at most", AMONG, "among", hidden=page.presenting(), width=260
    )


def images(shown: list[View], chosen: dict[str, int], among: int) -> None:
    """For each view, show the images with the largest activations of its channel, and what its unit sees of them."""
    for view in shown:
        noun = "Unit" if view.flat else "Map"
        page.heading(f"{noun} {chosen[view.source.id]} of {view.name}", charts.colour(view.source.id))
        _one(view, chosen[view.source.id], among)
    st.caption(
        "The box marks the theoretical receptive field of the unit with the largest activation; the field is enlarged "
        "below. If the field is larger than the image, a small square marks its centre. Grey lies outside the image."
    )


def _one(view: View, channel: int, among: int) -> None:
    data = passes.images_for(view.source)
    which = passes.some_of(data, among)
    found, field = _found(view, data, which), _field(view)
    peaks = found.activations[:, channel]
    st.markdown(_sentence(view, found, channel))
    with st.container(horizontal=True):
        for rank, peak in enumerate(peaks.tolist()):
            index = int(which[found.images[rank, channel]])
            unit = int(found.rows[rank, channel]), int(found.columns[rank, channel])
            label = data.classes[int(data.validation.labels[index])]
            with st.container(width=SIDE + 22):
                (image,) = passes.prepared(view.source, data, np.array([index]))
                size = image.shape[-1]
                outside, small = _outside(field, size), field.size < size
                framed = charts.receptive_square(image, field, unit, side=SIDE, outside=outside, centre=not small)
                display.image(
                    framed, f"Validation image {index + 1}, class {label}, with the unit's receptive field", width=SIDE
                )
                if small:
                    part = charts.field_part(image, field, unit, side=SIDE)
                    display.image(part, f"The unit's receptive field in image {index + 1}", width=SIDE)
                st.caption(f"{literal(label)}: {number(peak)}  \nimage {index + 1}, unit ({unit[0]}, {unit[1]})")


def _field(view: View) -> Field:
    return next(layer.field for layer in networks.layers(view.source) if layer.name == view.layer)


def _outside(field: Field, size: int) -> int:
    """How much background to show around each image, the same for all, so that the frames of units at its edge fit."""
    return min(field.size // 2, size // 8)


def _sentence(view: View, found: TopActivating, channel: int) -> str:
    peaks, silent = found.activations[:, channel], int((found.activations[0] <= 0).sum())
    text = f"Its largest activation among {found.examined:,} validation images is **{number(float(peaks[0]))}**"
    if peaks[0] <= 0:
        text += ": no image activates it"
    if silent:
        text += f"; {silent} of the {found.activations.shape[1]} {view.noun} of `{view.called}` are never above zero"
    return f"{text}."


def _found(view: View, data: Dataset, which: np.ndarray) -> TopActivating:
    def go(progress: passes.Progress) -> TopActivating:
        pixels = passes.prepared(view.source, data, which)
        return top_activating_images(cache.model(view.checkpoint), view.layer, pixels, progress=progress)

    key = ("top-activating", view.checkpoint, view.layer, data.fingerprint, len(which))
    return passes.once(key, go, f"Computing {len(which)} images through {view.name} up to {view.called} …")
