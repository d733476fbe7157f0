"""The row at the top of a page that shows weights: runs, the image if the page needs one, epoch."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.runs import WeightsSource
from explorer.ui.pickers import own_image, samples
from explorer.ui.pickers.image import pick_image, warn_others
from explorer.ui.pickers.input_image import InputImage, OwnImage
from explorer.ui.pickers.runs import pick_epoch, pick_sources

BESIDE_PAD = (1, 2.4)  # widths of the pad and of the column beside it


def runs_image_epoch(
    most: int, below: DeltaGenerator | None = None
) -> tuple[list[WeightsSource], InputImage, int | str, DeltaGenerator | None]:
    """At most `most` runs that have weights, the image, the epoch whose weights are used, and, while the visitor draws,
    the place beside the pad, where results stay in sight. `below`: where the pad goes; None: below the row."""
    runs_column, image_column, epoch_column = st.columns([2.6, 4.3, 1.6])
    place = (below or st.container()) if own_image.draws() else None
    with runs_column:
        chosen = pick_sources(most=most)
    with epoch_column:  # first, because the mistakes among the images depend on the epoch
        epoch = pick_epoch(chosen)
    with image_column:
        source = samples.source_of(chosen)
        pad, beside = place.columns(BESIDE_PAD) if place else (None, None)
        image = pick_image(source, epoch, pad)
        if isinstance(image, OwnImage):
            warn_others(chosen, source, image)
    return chosen, image, epoch, beside


def runs_epoch(most: int) -> tuple[list[WeightsSource], int | str]:
    """At most `most` runs that have weights, and the epoch whose weights are used."""
    runs_column, epoch_column = st.columns([3, 1])
    with runs_column:
        chosen = pick_sources(most=most)
    with epoch_column:
        return chosen, pick_epoch(chosen)
