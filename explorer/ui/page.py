"""The parts of a page: its question, the measured verdict, the theory behind a popover, the empty state."""

from html import escape
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from explorer.charts.palette import colour
from explorer.runs import Run
from explorer.ui import choices, names
from explorer.ui.components.copy_link import copy_link
from explorer.ui.markdown import literal
from explorer.ui.navigation import Entry

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def presentation_switch() -> None:
    """For the back of the classroom: charts grow, controls that refine them are hidden."""
    with st.sidebar:
        choices.toggle("Presentation", "present", help="Enlarges the charts and hides the controls, for a projector.")
        copy_link()


def presenting() -> bool:
    """Whether the page is shown by a projector; see `presentation_switch`."""
    return bool(choices.value_of("present"))


# The title begins at the top of a wide page; on a narrow one the button of the sidebar stands there.
_HIGH = """<style>
[data-testid="stMain"] h1 { padding: 0; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.7rem; }
@media (min-width: 800px) {
  [data-testid="stMainBlockContainer"] { padding-top: 0.6rem; }
  [data-testid="stHeader"] { background: transparent; pointer-events: none; }
  [data-testid="stHeader"] * { pointer-events: auto; }
}
</style>"""


def title(text: str) -> None:
    """The page's title is the question that it answers."""
    st.html(_HIGH)
    st.title(text, anchor=False)


def picture_first() -> tuple["DeltaGenerator", "DeltaGenerator"]:
    """(where the picture goes, where its options go, below it): a page makes the options before the picture."""
    return st.container(), st.container()


def verdict(text: str) -> None:
    """The measured verdict, the first thing one reads: plain text, for it names classes and runs."""
    st.markdown(f"##### {literal(text)}")


def theory(text: str, source: str) -> None:
    """What one should know to read the chart, behind a button."""
    with st.popover("What am I looking at?", icon=":material/school:"):
        st.markdown(text)
        st.caption(f"Source: {source}")


def empty(sentence: str, label: str, entry: Entry) -> None:
    """Nothing to show yet: one sentence and one link that leads on; the page ends here."""
    with st.container(border=True):
        st.markdown(literal(sentence))
        st.page_link(entry.page(), label=label, icon=":material/arrow_forward:")
    end()


def end() -> NoReturn:
    """The page ends here; its link is written first."""
    choices.finish()
    st.stop()


def run_heading(run: Run) -> None:
    """The run's name beside its colour, the same everywhere; its id is shown under the pointer."""
    heading(names.of(run), colour(run.id), run.id)


def heading(text: str, dot: str = "transparent", tooltip: str = "") -> None:
    """A line above a chart or an image, of one height whether a dot of colour stands before it or not."""
    width = 0 if dot == "transparent" else 1
    st.html(
        f'<span style="color:{dot};font-size:1.2em;display:inline-block;width:{width}em" aria-hidden="true">●</span>'
        f'<strong title="{escape(tooltip)}">{escape(text)}</strong>'
    )


def stop_with(sentence: str) -> NoReturn:
    """A hint instead of a chart; the page ends here."""
    st.info(literal(sentence), icon=":material/arrow_upward:")
    end()
