"""The image that is looked at: sampled from the validation images, or uploaded. Kept when one changes page."""

import hashlib
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.runs import Run
from explorer.runs.folder import InputLike
from explorer.ui import frame, load

MEGABYTES = 20
TYPES = ["png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff"]


@dataclass(frozen=True)
class Picture:
    """An image, before it is prepared for a network."""

    name: str
    key: str  # different for different images: part of the key of what is computed from it
    content: bytes | None  # of the uploaded file
    pixels: np.ndarray | None  # uint8 (C, H, W) of a sampled image
    label: str | None  # the true class of a sampled image

    def prepared(self, like: InputLike) -> np.ndarray:
        """uint8 (C, H, W): what a network of this data set really sees."""
        from explorer.data import network_input, open_image

        if self.pixels is None:
            return network_input(open_image(self.content), like)
        if self.pixels.shape == (like.channels, like.size, like.size):
            return self.pixels
        from PIL import Image

        shown = Image.fromarray(self.pixels[0] if len(self.pixels) == 1 else self.pixels.transpose(1, 2, 0))
        shown = shown.convert("L" if like.channels == 1 else "RGB").resize((like.size, like.size))
        return np.asarray(shown).reshape(like.size, like.size, like.channels).transpose(2, 0, 1)


def pick(run: Run) -> Picture:
    """The visitor's image, chosen in a part of the top row; samples come from the data set of `run`."""
    source, rest = st.columns([1, 1.4])
    with source:
        kind = st.segmented_control(
            "Image", ["sampled", "uploaded"], default="sampled", required=True, key="image", bind="query-params"
        )
    with rest:
        return _sampled(run) if kind == "sampled" else _uploaded(run.input_like)


def _sampled(run: Run) -> Picture:
    data = load.dataset(run.config.dataset, run.config.image_size)
    kind, number = st.columns(2)
    classes = ["any class", *data.classes]
    wanted = kind.selectbox("Class", classes, key="class", bind="query-params")
    index = np.arange(len(data.validation))
    if wanted != "any class":
        index = index[data.validation.labels == data.classes.index(wanted)]
    place = number.number_input(
        "Number", 1, len(index), key="number", bind="query-params", help="Among the validation images of that class."
    )
    at = int(index[min(int(place), len(index)) - 1])
    label = data.classes[int(data.validation.labels[at])]
    return Picture(f"Validation image {at}", f"{data.fingerprint}-{at}", None, data.validation.pixels[at], label)


def _uploaded(like: InputLike) -> Picture:
    file = st.file_uploader("Upload an image", TYPES, key="file", max_upload_size=MEGABYTES)
    if file is not None and st.session_state.get("upload_id") != file.file_id:
        from explorer.data import open_image

        open_image(file.getvalue())  # what is no picture is refused here, and not kept
        st.session_state["upload"] = (file.name, file.getvalue())
        st.session_state["upload_id"] = file.file_id
    if "upload" not in st.session_state:
        wanted = "a photo of a digit, dark ink on light paper" if like.ink else f"a picture of class {like.classes[0]}"
        frame.stop_with(f"Upload an image above, for example {wanted}.")
    name, content = st.session_state["upload"]
    if file is None:
        st.caption(f"Still in use: {name}")
    return Picture(name, hashlib.sha256(content).hexdigest(), content, None, None)
