"""The Architecture page: receptive fields, drawn on the image."""

import numpy as np
import streamlit as st

from explorer import charts
from explorer.insights.architecture import Layer
from explorer.insights.receptive_field import held_side
from explorer.models.layer_names import known
from explorer.ui import choices, display, page, stage
from explorer.ui.components.click_image import Cells, click_image
from explorer.ui.pickers import networks
from explorer.ui.pickers.networks import PickedArchitectures, PickedNetwork

AXES = ("row", "column")  # axes of the image; keys of the link and of the session state
CELLS = 96  # the most clickable cells in a row or column of the image


def receptive_field(architectures: PickedArchitectures, chosen: dict[str, Layer], images: list[np.ndarray]) -> None:
    """Show the square that a unit can see and the pixels that affect it most, on the image as each network sees it."""
    side = images[0].shape[-1]  # the place is given in pixels of the first network's image
    row, column = _pixel(side)
    layers = [chosen[picked.name] for picked, _ in architectures]
    sizes = [image.shape[-1] for image in images]
    units = [
        _unit(layer, *(int((pixel + 0.5) * size / side) for pixel in (row, column)))
        for layer, size in zip(layers, sizes, strict=True)
    ]
    around = max(
        charts.square_reach(layer.field, size, unit) / size
        for layer, unit, size in zip(layers, units, sizes, strict=True)
    )
    for column_of_page, (picked, _), layer, unit, image in zip(
        st.columns(len(architectures)), architectures, layers, units, images, strict=True
    ):
        with column_of_page:
            _one(picked, layer, unit, image, round(around * image.shape[-1]), side)
    st.caption(
        f"Click a pixel to choose the unit there. The first panel shows the theoretical field: nothing outside the "
        f"square can change the unit. The second shows the effective field: how much each pixel changes the unit, on "
        f"the viridis scale from zero to the maximum; the mean over {_averaged(architectures)}. "
        "Plain grey lies outside the image."
    )
    page.theory(
        "A unit of the first convolution sees as many pixels as its kernel; a unit of the next layer sees what the "
        "units under its kernel see together, and so on: with every layer the **theoretical receptive field** grows by "
        "(kernel − 1) · product of the earlier strides. Not every pixel counts equally: many paths lead to the centre "
        "of the square and few to its edge, so the **effective receptive field** is a spot that grows more slowly. It "
        "is the gradient of the unit with respect to the pixels, averaged over images.",
        "Araujo et al. 2019, Computing Receptive Fields; Luo et al. 2016, Understanding the Effective Receptive Field",
    )


def _pixel(side: int) -> tuple[int, ...]:
    """The chosen row and column, set by a click or a slider; by default the middle."""
    found = []
    for axis, column_of_page in zip(AXES, st.columns(2), strict=True):
        with column_of_page:
            pixel = choices.slider(
                f"{axis.capitalize()} of the image",
                0,
                side - 1,
                side // 2,
                axis,
                page.presenting(),
                help="Shows the unit whose field is centred nearest to this pixel. You can also click the image.",
            )
        found.append(pixel)
    return tuple(found)


def _one(
    picked: PickedNetwork, layer: Layer, unit: tuple[int, int], image: np.ndarray, outside: int, side: int
) -> None:
    """`outside`: pixels shown around the image. `side`: the side of the image whose pixels AXES count."""
    effective, called = networks.effective_field(picked, layer.name, *unit), known(picked.network, layer.name)
    networks.heading(picked)
    st.markdown(_sentence(layer, unit, effective, picked))
    left, right = st.columns(2)
    with left:
        drawn = charts.receptive_square(image, layer.field, unit, outside=outside)
        size = image.shape[-1]
        whole = size + 2 * outside
        cells = min(whole, CELLS)

        def keep(*clicked: int) -> None:
            for axis, cell in zip(AXES, clicked, strict=True):
                pixel = int(((cell + 0.5) * whole / cells - outside) * side / size)
                choices.put(axis, min(max(pixel, 0), side - 1))

        alt = stage.image_alternative(f"The receptive field of a unit of {called}")
        click_image(drawn, alt, Cells(cells, cells), f"field-{picked.name}", keep)
    with right:
        drawn = charts.effective_square(image, layer.field, unit, effective, outside=outside)
        display.image(drawn, f"How strongly each pixel changes a unit of {called}", width="stretch")


def _unit(layer: Layer, row: int, column: int) -> tuple[int, int]:
    if len(layer.shape) == 1:
        return 0, 0
    height, width = layer.shape[1:]
    return layer.field.nearest(row, height), layer.field.nearest(column, width)


def _sentence(layer: Layer, unit: tuple[int, int], effective: np.ndarray, picked: PickedNetwork) -> str:
    called = known(picked.network, layer.name)
    where = f"Unit ({unit[0]}, {unit[1]}) of `{called}`" if len(layer.shape) == 3 else f"Layer `{called}`"
    size, held = picked.network.size, held_side(effective)
    whole = layer.field.covers(unit[0], size) and layer.field.covers(unit[1], size)
    side = min(layer.field.size, size)
    can_see = f"the whole {size}×{size} image" if whole else f"at most {side}×{side} pixels of the image"
    if not held:
        return f"{where} can see {can_see}, but no pixel changes it: its gradient is zero."
    return f"{where} can see {can_see}, and 95 % of its gradient lies on as many pixels as in a {held}×{held} square."


def _averaged(architectures: PickedArchitectures) -> str:
    """Which images and weights the effective fields are averaged over."""
    picked = architectures[0][0]
    here = networks.at_hand(picked.data)
    images = "validation images" if here else "images of random pixels, because the data set is not on this machine"
    weights = "with random weights: the network is not trained"
    if picked.checkpoint:
        weights = f"with the weights of epoch {picked.checkpoint.epoch}"
    many = dict.fromkeys(networks.averaged_over(each) for each, _ in architectures)  # fewer if the images are large
    return f"{' or '.join(map(str, many))} {images}, {weights}"
