"""The row at the top of every page that looks at an image: runs, image, epoch."""

import streamlit as st

from explorer.runs import Run
from explorer.ui import pick, picture, samples
from explorer.ui.picture import Picture


def runs_image_epoch(most: int) -> tuple[list[Run], Picture, int | str]:
    """At most `most` runs that have weights, the image, and the epoch whose weights are looked at."""
    runs_column, image_column, epoch_column = st.columns([3, 4.2, 1.5])
    with runs_column:
        chosen = pick.runs(most=most, with_weights=True)
    with epoch_column:  # first, for the mistakes among the images are those of an epoch
        epoch = pick.epoch(chosen)
    with image_column:
        source = samples.source_of(chosen)
        seen = picture.pick(source, epoch)
        if seen.pixels is None:
            picture.warn_others(chosen, source, seen)
    return chosen, seen, epoch
