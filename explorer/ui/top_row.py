"""The row at the top of every page that looks at an image: runs, image, epoch."""

import streamlit as st

from explorer.runs import Run
from explorer.ui import pick, picture
from explorer.ui.picture import Picture


def runs_image_epoch(most: int) -> tuple[list[Run], Picture, int | str]:
    """At most `most` runs that have weights, the image, and the epoch whose weights are looked at."""
    runs_column, image_column, epoch_column = st.columns([3, 4.2, 1.4])
    with runs_column:
        chosen = pick.runs(most=most, with_weights=True)
    with image_column:
        seen = picture.pick(chosen[0])
    with epoch_column:
        return chosen, seen, pick.epoch(chosen)
