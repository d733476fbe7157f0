"""The Architecture page's receptive fields, on the image."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.insights.architecture import Layer
from explorer.insights.receptive_field import held_side
from explorer.ui import draw, frame, networks
from explorer.ui.click_image import click_image
from explorer.ui.networks import Known, Network

CELLS = 96  # in a row or column of the image, at most, that can be told apart by a click


def receptive_field(known: Known, chosen: dict[str, Layer], image: np.ndarray) -> None:
    """The square that a unit sees and what it really looks at, on the image."""
    last = image.shape[-1] - 1
    row, column = (min(st.session_state.get(key, (last + 1) // 2), last) for key in ("row", "column"))
    if not frame.presenting():
        rows_column, columns_column = st.columns(2)
        words = "The unit whose square has its centre nearest to this pixel is shown. Or click the image."
        row = rows_column.slider("Row of the image", 0, last, row, key="row", bind="query-params", help=words)
        column = columns_column.slider("Column of the image", 0, last, column, key="column", bind="query-params")
    units = {name: _unit(layer, row, column) for name, layer in chosen.items()}
    outside = max(charts.square_reach(chosen[name].field, image.shape[-1], *unit) for name, unit in units.items())
    for place, (network, _) in zip(st.columns(len(known)), known, strict=True):
        with place:
            _one(network, chosen[network.name], units[network.name], image, outside)
    st.caption(
        "Click a pixel to look at the unit there. Left the theoretical field: nothing outside of the square can change "
        "the unit. Right the effective one: how "
        f"much each pixel does, from nothing to the most in viridis; the mean over {_averaged(known)}. "
        "What is plain grey lies outside of the image."
    )
    frame.theory(
        "A unit of a convolution sees as many pixels as its kernel; a unit of the next layer sees what the units "
        "under its kernel see together, and so on: with every layer the **theoretical receptive field** grows by "
        "(kernel − 1) · stride so far. How much each pixel counts is another matter: many paths lead to the middle of "
        "the square and few to its edge, so that the **effective receptive field** is a spot that grows more slowly. "
        "It is the gradient of the unit with respect to the pixels, averaged over images.",
        "Araujo et al. 2019, Computing Receptive Fields; Luo et al. 2016, Understanding the Effective Receptive Field",
    )


def _one(network: Network, layer: Layer, unit: tuple[int, int], image: np.ndarray, outside: int) -> None:
    effective = networks.effective_field(network, layer.name, *unit)
    networks.heading(network)
    st.markdown(_seen(layer, unit, effective, network))
    left, right = st.columns(2)
    with left:
        drawn = charts.receptive_square(image, layer.field, *unit, outside=outside)
        whole = image.shape[-1] + 2 * outside
        cells = min(whole, CELLS)

        def keep(*clicked: int) -> None:
            for key, cell in zip(("row", "column"), clicked, strict=True):
                pixel = int((cell + 0.5) * whole / cells) - outside
                st.session_state[key] = min(max(pixel, 0), image.shape[-1] - 1)

        alt = f"The pixels that a unit of {layer.name} can see"
        click_image(drawn, alt, (cells, cells), f"field-{network.name}", keep)
    with right:
        drawn = charts.receptive_square(image, layer.field, *unit, effective=effective, outside=outside)
        draw.image(drawn, f"How strongly each pixel changes a unit of {layer.name}", width="stretch")


def _unit(layer: Layer, row: int, column: int) -> tuple[int, int]:
    if len(layer.shape) == 1:
        return 0, 0
    height, width = layer.shape[1:]
    return layer.field.nearest(row, height), layer.field.nearest(column, width)


def _seen(layer: Layer, unit: tuple[int, int], effective: np.ndarray, network: Network) -> str:
    where = f"Unit ({unit[0]}, {unit[1]}) of `{layer.name}`" if len(layer.shape) == 3 else f"Layer `{layer.name}`"
    side, held = layer.field.size, held_side(effective)
    beyond = f", more than the {network.size}×{network.size} image," if side > network.size else ""
    if not held:
        return f"{where} can see {side}×{side} pixels{beyond} but none of them moves it: its gradient is zero."
    return (
        f"{where} can see {side}×{side} pixels{beyond} and 95 % of its gradient lies on as many pixels as a square of "
        f"{held}×{held} has."
    )


def _averaged(known: Known) -> str:
    """Whose gradients the effective fields are made of."""
    network = known[0][0]
    here = networks.at_hand(network.data)
    images = "validation images" if here else "images of random pixels, for the data set is not on this machine"
    weights = f"with the weights of epoch {network.epoch}" if network.run else "with random weights, nothing is trained"
    return f"{networks.averaged_over(network)} {images}, {weights}"
