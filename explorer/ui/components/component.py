"""A component of our own: its HTML, the CSS and JavaScript files next to its module, and the button style that all of
them share."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def component(module: str, html: str) -> "ComponentRenderer":
    """The function that Streamlit calls to show the component, named after its module. `module`: the module's
    `__file__`; a .js file of the same name must stand next to it, and a .css file may, whose rules come after those of
    button.css."""
    file = Path(module)
    styles = [file.with_name("button.css"), file.with_suffix(".css")]
    return st.components.v2.component(
        file.stem,
        html=html,
        css="".join(style.read_text(encoding="utf-8") for style in styles if style.is_file()),
        js=file.with_suffix(".js").read_text(encoding="utf-8"),
    )
