"""What this browser chose last, kept for its next visit in a cookie of this app."""

from collections.abc import Sequence
from urllib.parse import quote, unquote

import streamlit as st

from explorer.ui.components.component import component

PREFIX = "explorer_"
MOST = 2_000  # characters: browsers keep cookies of up to 4,096 bytes
_REMEMBER = component(__file__, "<span hidden></span>")


def remember(name: str, values: Sequence[str]) -> None:
    """Store some short texts in the browser for a year."""
    text = ",".join(quote(value, safe="") for value in values)
    if len(text) <= MOST:
        _REMEMBER(key=f"remember-{name}", data={"cookie": PREFIX + name, "text": text}, height=0)


def remembered(name: str) -> list[str]:
    """What the browser had stored when this session began; empty on a first visit. A visitor can change it: check
    it."""
    text = st.context.cookies.get(PREFIX + name, "")
    return [unquote(value) for value in text[:MOST].split(",") if value]
