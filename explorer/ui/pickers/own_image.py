"""A visitor's own file, photo or drawing: kept across pages, and forgotten when they remove it."""

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from explorer.data import open_with_remarks
from explorer.data.drawing import png
from explorer.ui import choices, image_cache, page
from explorer.ui.components import drawing_pad
from explorer.ui.markdown import literal
from explorer.ui.serving import uploads

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

MEGABYTES = 20
UPLOADED, CAMERA = "uploaded", "camera"
WIDGET = {UPLOADED: "file", CAMERA: "camera"}


class Own(NamedTuple):
    """What the visitor handed in."""

    name: str
    content: bytes
    remarks: tuple[str, ...] = ()  # what was decided in order to show it
    held: uploads.Held | None = None  # counts its memory; None for a drawing


def handed_in(kind: str, wanted: str) -> Own:
    """The newest file or photo; without one the page ends here, with a sentence that asks for `wanted`."""
    file = _newest(_widget(kind), kind)
    if file is None:
        verb = "Upload an image" if kind == UPLOADED else "Take a photo"
        page.stop_with(f"{verb} above, for example of {wanted}.")
    if st.session_state.get(WIDGET[kind]) is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(literal(f"Still in use: {file.name}"), width="content")
            st.button("Remove it", key=f"forget-{kind}", on_click=forget, args=[kind], type="tertiary")
    return file


def is_here(kind: str) -> bool:
    """Whether this session has an image of this kind."""
    return bool(st.session_state.get(drawing_pad.KEPT) if kind == "drawn" else st.session_state.get(_kept_as(kind)))


def draws() -> bool:
    """Whether the visitor is about to draw, before the page asks for the image."""
    return "drawn" in (choices.value_of("image"), *(choices.linked("image") or ()))


def drawn(wanted: str, colours: bool) -> Own:
    """What is on the drawing pad; the page ends here while it is empty."""
    strokes = drawing_pad.pad(colours)
    if not strokes:
        image_cache.forget()
        page.stop_with(f"Draw above, for example {wanted}.")
    return Own("Drawing", png(strokes))


def forget(kind: str) -> None:
    """Drop the file or photo and everything computed from it. Called before the page shows its pickers."""
    st.session_state.pop(_kept_as(kind), None)
    file_id = st.session_state.pop(_id_of(kind), None)
    if file_id:
        uploads.forget(file_id)
    image_cache.forget()


def _widget(kind: str) -> "UploadedFile | None":
    def taken_away() -> None:
        """Drop a removed image; also called when another one replaces it."""
        if st.session_state[WIDGET[kind]] is None or _id_of(kind) in st.session_state:
            forget(kind)

    if kind == CAMERA:
        return st.camera_input("Take a photo", key=WIDGET[kind], on_change=taken_away)
    # Any file extension: a file is recognised by its content, and anything but an image is refused in our own words.
    return st.file_uploader("Upload an image", key=WIDGET[kind], max_upload_size=MEGABYTES, on_change=taken_away)


def _newest(file: "UploadedFile | None", kind: str) -> Own | None:
    """The newest file; one that is not an image is refused here and not kept."""
    if file is not None and st.session_state.get(_id_of(kind)) != file.file_id:
        content, name = file.getvalue(), file.name if kind == UPLOADED else "Photo"
        remarks = open_with_remarks(content, f"'{name}'").remarks
        st.session_state[_kept_as(kind)] = Own(name, content, remarks, uploads.keep(content))
        st.session_state[_id_of(kind)] = file.file_id
    return st.session_state.get(_kept_as(kind))


def _kept_as(kind: str) -> str:
    return f"{kind}-file"


def _id_of(kind: str) -> str:
    return f"{kind}-id"
