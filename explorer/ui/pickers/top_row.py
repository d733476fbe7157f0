"""The row at the top of every page that looks at an image: runs, image, epoch."""

import streamlit as st

from explorer.runs import Run
from explorer.ui.pickers import samples
from explorer.ui.pickers.image import pick_image, warn_others
from explorer.ui.pickers.input_image import InputImage, OwnImage
from explorer.ui.pickers.runs import pick_epoch, pick_runs


def runs_image_epoch(most: int) -> tuple[list[Run], InputImage, int | str]:
    """At most `most` runs that have weights, the image, and the epoch whose weights are looked at."""
    runs_column, image_column, epoch_column = st.columns([2.6, 4.6, 1.3])
    with runs_column:
        chosen = pick_runs(most=most, with_weights=True)
    with epoch_column:  # first, for the mistakes among the images are those of an epoch
        epoch = pick_epoch(chosen)
    with image_column:
        source = samples.source_of(chosen)
        image = pick_image(source, epoch)
        if isinstance(image, OwnImage):
            warn_others(chosen, source, image)
    return chosen, image, epoch
