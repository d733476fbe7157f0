"""Small images, each with a caption; a click on one shows where the predictions for it come from."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from explorer import charts
from explorer.data import Dataset
from explorer.insights.attribution import METHODS
from explorer.runs import Run, WeightsSource
from explorer.ui import cache, choices, compute, display, navigation, page, predictions
from explorer.ui.components.click_image import Cells, click_image
from explorer.ui.explain import cam_layers, explanations, grid
from explorer.ui.markdown import literal
from explorer.ui.pickers import samples
from explorer.ui.pickers.image import ANY, sample

MOST = 12
BESIDE = 6  # images in a row; on the stage, images in all
SIDE = 96  # pixels of an image, before the browser scales it
WANTED = "image-to-explain"  # key of the session state: data set, split and index of the clicked image


def show(chosen: list[Run], split: str, which: np.ndarray, caption: Callable[[int], str], key: str) -> None:
    """Show the first of the images `which` of a split; a click shows where the predictions come from."""
    images, of = predictions.images_of(chosen[0], split), _data_of(chosen[0])
    most = BESIDE if page.presenting() else MOST
    with st.container() if page.presenting() else st.grid(BESIDE, min_column_width=110, gap="small"):
        places = st.columns(BESIDE, gap="small") if page.presenting() else [st.container() for _ in which[:most]]
    for place, index in zip(places, which[:most].tolist(), strict=False):
        text = caption(index)
        with place:
            click_image(
                charts.upscale(charts.rgb(images.pixels[index]), max(1, SIDE // images.pixels.shape[-1])),
                f"Image {index + 1}, {text}",
                Cells(1, 1, [f"Explain this prediction: {text}"]),
                f"{key}-{index}",
                _chooser(of.fingerprint, split, index),
            )
            (st.markdown if page.presenting() else st.caption)(literal(text))
    left = len(which) - most
    more = f" The first {most} of {len(which):,}." if left > 0 else ""
    if not page.presenting():
        st.caption(f"Click an image to explain its prediction.{more}")


def _data_of(run: Run) -> Dataset:
    return cache.data_of(run)


def _chooser(fingerprint: str, split: str, index: int) -> Callable[[int, int], None]:
    def choose(row: int, column: int) -> None:
        st.session_state[WANTED] = fingerprint, split, index
        # Set the pickers of all pages that show an image, so that they show this one.
        sampled = {"image": "sampled", "split": split, "class": ANY, "mistakes": False, "number": index + 1}
        for key, value in sampled.items():
            choices.put(key, value)

    return choose


def explain(chosen: list[Run], epoch: int | str, split: str) -> None:
    """Show the clicked image and where its predictions come from in a dialog: below the page, a visitor who clicked at
    the top would not see it."""
    fingerprint, wanted, index = st.session_state.pop(WANTED, (None, None, -1))
    runs = [run for run in chosen if _data_of(run).fingerprint == fingerprint]
    if wanted == split and runs:
        image = sample(_data_of(runs[0]), split, index)
        _explanations(
            runs, explanations.ExplanationRequest(epoch, image, grid.PREDICTED, "any"), samples.source_of(chosen)
        )


def _by_default(request: explanations.ExplanationRequest, run: Run) -> explanations.Cell:
    """Grad-CAM at its default layer, or a method that fits a network without maps."""
    if cam_layers.has_maps(run):
        return explanations.explained(request, run, "grad-cam", compute.cam_layer(run))
    return explanations.explained(request, run, "input-x-gradient", None)


@st.dialog("Where does the prediction come from?", width="large")
def _explanations(runs: list[Run], request: explanations.ExplanationRequest, sampled: WeightsSource) -> None:
    """Explain the image for the runs on its data; link to all methods if that page samples from these data too."""
    image, pixels = request.image, request.image.prepared(runs[0].input_spec)
    title = literal(f"{image.name}, true class {image.label}")
    st.markdown(f"**{title}**")
    first, *rest = st.columns([1, *[1] * len(runs)])
    with first:
        page.heading("Input of the network")
        display.image(display.network_input(pixels), f"{image.name}, as the network receives it", width="stretch")
    cells = [_by_default(request, run) for run in runs]
    for column, cell in zip(rest, cells, strict=True):
        with column:
            page.run_heading(cell.source)
            scale = explanations.row([other for other in cells if other.method == cell.method])
            explanations.show(cell, scale, explanations.OverlayStyle())
            st.caption(f"Method: {METHODS[cell.method].title}.")
    if sampled in runs:
        st.page_link(navigation.SALIENCY.page(), label="All methods, classes and layers for this image")
