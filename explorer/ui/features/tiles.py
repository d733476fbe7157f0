"""The Feature maps page: its verdict, its tiles, and one map enlarged over the image."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.features import dead_maps, strength
from explorer.insights.findings.feature_maps import LayerView, layers_see
from explorer.insights.receptive_field import Field
from explorer.training.transfer import head_of
from explorer.ui import cache, choices, display, image_cache, page, saving, stage
from explorer.ui.components.click_image import Cells, click_image
from explorer.ui.features import picker
from explorer.ui.features.picker import View
from explorer.ui.markdown import literal
from explorer.ui.pickers import networks
from explorer.ui.pickers.input_image import InputImage

MANY = (16, 64, 256, "all")  # maps that are shown
COLUMNS = ((16, 4), (64, 8), (256, 16))  # (up to this many maps, this many in a row)
MOST_COLUMNS = 32
MOST = 4096  # limits of all tiles together, in maps and in pixels of height: a vgg11 has 25,088 units in one layer
CELL = 64  # minimum side of a map in pixels, before the browser scales it
VALUES_UP_TO = 64  # side in pixels of a map whose values are shown under the pointer
NAMED = 12  # how many dead maps are listed by number


def verdict(views: list[View]) -> str:
    """How much of the image a unit of each layer sees and, after a line break, how many maps are not blank."""
    return layers_see([
        LayerView(view.name, view.called, view.maps, _field(view), view.source.input_spec.size) for view in views
    ])  # fmt: skip


def _field(view: View) -> Field:
    return next(layer.field for layer in networks.layers(view.source) if layer.name == view.layer)


def pick_many() -> int | str:
    """How many of the maps are shown: the strongest ones, or all."""
    explained = "The number of strongest channels shown."
    return choices.select_slider("Shown", MANY, "tiles", 64, page.presenting(), help=explained, width=180)


def pick_cover() -> float:
    """How much of its image a map covers."""
    return choices.slider("Overlay strength", 0.0, 1.0, 0.7, "cover", page.presenting(), step=0.05, width=200)


def tiles(
    shown: list[View], columns: Sequence[DeltaGenerator], chosen: dict[str, int], wanted: int | str
) -> tuple[float, float]:
    """Show each view's maps as tiles in a column, on one scale, which is returned; a click chooses a channel."""
    low, high = charts.limits(*(view.maps for view in shown))
    signed = low < 0
    for column, view in zip(columns, shown, strict=True):
        order = view.order[: _most(view) if wanted == "all" else wanted]
        with column:
            page.heading(view.name, charts.colour(view.source.id))
            _clickable(view, order, low, high, chosen[view.source.id])
            some = f"The {len(order)} strongest of {len(view.maps)}" if len(order) < len(view.maps) else "All"
            size = "" if view.flat else f", {view.maps.shape[1]}×{view.maps.shape[2]} pixels"
            more = " The page cannot show more." if wanted == "all" and len(order) < len(view.maps) else ""
            st.caption(f"{some} {view.noun} of `{view.called}`{size}, strongest first.{more} {_dead(view)}")
    bar = charts.colour_bar(low, high, signed, "Activation", page.presenting())
    display.chart(bar, "Colour scale of the maps, the same for all")
    if len(shown) > 1:
        st.caption(f"One scale for all maps, from {number(low, 2)} to {number(high, 2)}.")
    return low, high


def _clickable(view: View, order: np.ndarray, low: float, high: float, chosen: int) -> None:
    columns = next((across for most, across in COLUMNS if len(order) <= most), MOST_COLUMNS)
    columns = min(page.square_on_stage(len(order), columns), len(order))
    means = strength(view.maps[None])
    noun, positions = ("unit" if view.flat else "map"), np.flatnonzero(order == chosen)
    labels = [f"{noun} {channel}: mean |activation| {number(means[channel], 2)}" for channel in order]
    chosen_cell = divmod(int(positions[0]), columns) if len(positions) else None
    cells = Cells(-(-len(order) // columns), columns, labels, chosen_cell)
    click_image(
        _tiled(order, columns, (low, high), view),
        stage.image_alternative(f"The {view.noun} of layer {view.called} of {view.name} as small images"),
        cells,
        key=f"tiles-{view.name}",
        on_pick=lambda row, column: picker.keep_channel(view, int(order[row * columns + column])),
    )


def _most(view: View) -> int:
    """How many maps fit into one image."""
    return min(MOST, MOST_COLUMNS * (MOST // (view.maps.shape[1] + 1)))


@image_cache.by_image(16, hash_funcs=picker.BY_VIEW)
def _tiled(order: np.ndarray, columns: int, scale: tuple[float, float], view: View) -> str:
    """The strongest maps as a data URL of one image, at most MOST pixels high."""
    (height, width), (low, high) = view.maps.shape[1:], scale
    room = (MOST // -(-len(order) // columns) - 1) // height  # one pixel between neighbours
    factor = max(1, min(CELL // width, room))
    return charts.data_url(charts.tile(view.maps[order], columns, low, high, low < 0, factor=factor))


def _dead(view: View) -> str:
    dead = np.flatnonzero(dead_maps(view.maps[None])[0])
    if not len(dead):
        return ""
    return f"Dead for this image: {', '.join(map(str, dead[:NAMED]))}{' …' if len(dead) > NAMED else ''}."


def enlarged(view: View, image: InputImage, channel: int, scale: tuple[float, float], cover: float) -> None:
    """Show one of the maps alone and over the image, beside its tiles, so that a click has a visible effect."""
    values, (low, high) = view.maps[channel], scale
    page.heading(f"{'Unit' if view.flat else 'Map'} {channel}", charts.colour(view.source.id))
    if view.flat:
        st.markdown(f"Its output is **{number(float(values[0, 0]))}**{_logit_of(view, channel)}.")
        return
    height, width = values.shape
    labels = ()
    if max(height, width) <= VALUES_UP_TO:
        rows, columns = np.indices(values.shape)
        places = zip(rows.ravel(), columns.ravel(), values.ravel().tolist(), strict=True)
        labels = [f"row {row}, column {column}: {number(value)}" for row, column, value in places]
    painted = charts.tile(values[None], 1, low, high, low < 0)
    click_image(painted, f"Map {channel} of {view.name} alone", Cells(height, width, labels), f"map-{view.name}", None)
    prepared = image.prepared(view.source.input_spec)
    laid = charts.map_over(prepared, values, min(low, 0.0), high, cover)
    display.image(laid, f"Map {channel} of layer {view.called} of {view.name} over the image", width="stretch")
    if np.isfinite(values).all():
        row, column = divmod(int(values.argmax()), width)
        largest, mean = float(values.max()), float(values.mean())
        st.caption(f"Largest {number(largest)} at row {row}, column {column}; mean {number(mean)}.")


def _logit_of(view: View, channel: int) -> str:
    """The class that a unit of the last layer stands for."""
    if view.layer != head_of(cache.model(view.checkpoint)):
        return ""
    return literal(f", the logit of class {view.source.input_spec.classes[channel]}")


def strengths(shown: list[View]) -> None:
    """Show a table of every channel and its strength."""
    with st.expander("Strength of each map", icon=":material/table_chart:", on_change="rerun") as table:
        if not table.open:
            return
        for view in shown:
            order, dead = view.order, dead_maps(view.maps[None])[0]
            saving.dataframe(
                {
                    "map": order,
                    "mean |activation|": strength(view.maps[None])[order],
                    "maximum": view.maps.max(axis=(1, 2))[order],
                    "dead": dead[order],
                },
                hide_index=True,
                alt=f"Strength of each feature map of {view.name}",
            )
