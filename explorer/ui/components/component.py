"""A component of our own: its HTML, the CSS and JavaScript that lie beside its module, and the buttons of them all."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def component(module: str, html: str) -> "ComponentRenderer":
    """What Streamlit calls to show it, named as its module is. `module`: the `__file__` of the module, beside which
    lies a .js file, and a .css file if it needs one, whose rules come after those of button.css."""
    file = Path(module)
    styles = [file.with_name("button.css"), file.with_suffix(".css")]
    return st.components.v2.component(
        file.stem,
        html=html,
        css="".join(style.read_text(encoding="utf-8") for style in styles if style.is_file()),
        js=file.with_suffix(".js").read_text(encoding="utf-8"),
    )
