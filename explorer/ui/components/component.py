"""A component of our own: its HTML, and the CSS and JavaScript that lie beside its module under the same name."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def component(module: str, html: str) -> "ComponentRenderer":
    """What Streamlit calls to show it, named as its module is. `module`: the `__file__` of the module, beside which
    lies a .js file, and a .css file if it needs one."""
    file = Path(module)
    css = file.with_suffix(".css")
    return st.components.v2.component(
        file.stem,
        html=html,
        css=css.read_text(encoding="utf-8") if css.is_file() else None,
        js=file.with_suffix(".js").read_text(encoding="utf-8"),
    )
