"""Choosing a data set: a bundled or downloaded one, or a folder of one's own images."""

import streamlit as st

from explorer.data import DATASETS
from explorer.ui import frame

FOLDER = "a folder of my images"


def pick_data() -> tuple[str, int]:
    """(name as `explorer.data.load` takes it, image size in pixels)."""
    name = st.segmented_control(
        "Data", [*DATASETS, FOLDER], default="digits", required=True, key="data", persist_state="session"
    )
    if name != FOLDER:
        source = DATASETS[name]
        st.caption(f"{source.about} Needs: {source.needs}.")
        return name, 32
    path, size = st.columns([4, 1])
    folder = path.text_input(
        "Folder, one sub-folder a class", key="folder", persist_state="session", placeholder="/home/me/my-images"
    )
    pixels = size.number_input(
        "Image size", 8, 256, 32, key="image_size", persist_state="session", help="Pixels a side."
    )
    if not folder.strip():
        frame.stop_with("Give the folder that holds your images, one sub-folder a class.")
    return f"folder:{folder.strip()}", int(pixels)
