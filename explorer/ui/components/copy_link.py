"""A button that copies the page's link."""

from pathlib import Path

import streamlit as st

HTML = """<button type="button"></button><span role="status"></span>"""
_HERE = Path(__file__)
_COPY_LINK = st.components.v2.component(
    "copy_link",
    html=HTML,
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def copy_link() -> None:
    """Copy what stands in the address bar; a visitor's own image is not in it, and the button says so."""
    _COPY_LINK(key="copy-link", data={"own": ["uploaded", "drawn", "camera"]})
