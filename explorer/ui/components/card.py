"""A card: a small picture, a question and a line below it. The whole card is one link and one stop of the Tab key."""

from dataclasses import dataclass, field

import streamlit as st

from explorer.ui.markdown import literal
from explorer.ui.navigation import Entry

# The link stretches to its nearest positioned ancestor, which is the card.
_STYLE = """<style>
[class*="st-key-card-"] { position: relative; }
[class*="st-key-card-"] :is([data-testid="stElementContainer"], [data-testid="stPageLink"]) { position: static; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"] { position: static; background: none; padding: 0;
  white-space: normal; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"] p { font-weight: 600; white-space: normal; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"]::after { content: ""; position: absolute; inset: 0;
  z-index: 1; border-radius: 0.5rem; cursor: pointer; }
[class*="st-key-card-"]:hover { border-color: var(--st-primary-color, #0072b2); }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"]:focus-visible::after { outline: 3px solid
  var(--st-primary-color, #0072b2); }
</style>"""


@dataclass(frozen=True)
class Card:
    """`picture`: an SVG by `charts.thumbnails`, or "" for none; `alt`: what it shows. `legend`: HTML below it."""

    key: str
    entry: Entry
    question: str
    text: str = ""
    picture: str = ""
    alt: str = ""
    query: dict[str, str] = field(default_factory=dict)
    legend: str = ""


def cards(shown: list[Card], columns: int = 3) -> None:
    """Show the cards side by side, fewer in a row if there is less room."""
    st.html(_STYLE)
    with st.grid(columns, min_column_width=250, gap="small"):
        for card in shown:
            with st.container(border=True, height="stretch", key=f"card-{card.key}", gap="xsmall"):
                if card.picture:
                    st.image(card.picture, width="stretch", alt=card.alt)
                if card.legend:
                    st.html(card.legend)
                st.page_link(card.entry.page(), label=literal(card.question), query_params=card.query or None)
                if card.text:
                    st.caption(literal(card.text).replace(" %", "\N{NO-BREAK SPACE}%"))
