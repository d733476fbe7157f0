"""The stage of a presentation: it fits the picture to the screen, handles the keys, and shows the position in a bar."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import streamlit as st

from explorer.ui.components.component import component

KEY = "stage-keys"
HTML = """
<div class="bar" hidden>
  <span class="where" role="status"></span>
  <span class="spring"></span>
  <button type="button" data-leaf="-1" aria-label="Previous view of the lecture">‹</button>
  <span class="leaf"></span>
  <button type="button" data-leaf="1" aria-label="Next view of the lecture">›</button>
  <button type="button" data-act="notes" aria-label="What to say (n)">n</button>
  <button type="button" data-act="leave" aria-label="Leave the presentation (p)">p ✕</button>
</div>
<div class="notes" hidden></div>
"""
_STAGE = component(__file__, HTML)


@dataclass(frozen=True)
class Place:
    """The position in a lecture: a text for the bar, and what to say."""

    text: str
    say: str
    first: bool
    last: bool


def stage(
    presenting: bool,
    places: list[tuple[str, str]],
    lecture: Place | None,
    kept: str,
    on: Mapping[str, Callable[[object], None]],
) -> None:
    """Show the component, once on every page.

    `places`: for each direction of the arrow keys, at most three, its keys and the position, such as ("← →", "image 3
    of 180"). `on`: the callbacks for events from the browser, whose values must be checked: "switched", "stepped" with
    [nth direction, ±1], "turned" with ±1, "found" with the text that the browser had stored. `kept`: a text for the
    browser to store; "" leaves the stored text unchanged and asks for it.
    """

    def heard(event: str) -> Callable[[], None]:
        return lambda: on[event](getattr(st.session_state[KEY], event))

    _STAGE(
        key=KEY,
        data={
            "presenting": presenting,
            "places": tuple(places),  # for a list, Streamlit imports pandas to see whether it is a table
            "lecture": asdict(lecture) if lecture else None,
            "kept": kept,
        },
        on_switched_change=heard("switched"),
        on_stepped_change=heard("stepped"),
        on_turned_change=heard("turned"),
        on_found_change=heard("found"),
    )
