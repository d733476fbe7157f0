"""The parts of a page: its question, the measured verdict, the theory in a popover, the empty state."""

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from html import escape
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from explorer.charts.palette import colour
from explorer.runs import WeightsSource
from explorer.ui import choices, names, saving, stage
from explorer.ui.components.copy_link import copy_link
from explorer.ui.lecture.add import add_button
from explorer.ui.markdown import literal
from explorer.ui.navigation import Entry

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def presentation_switch() -> None:
    """The switch for the back of the classroom: only the verdict and the picture; see `explorer.ui.stage`."""
    with st.sidebar:
        explained = "Fits the picture to the screen and hides everything else. The key p switches it; arrow keys step."
        choices.toggle("Presentation", "present", help=explained)
        copy_link()
        add_button()
        saving.begin()


presenting = stage.presenting
ABOVE, ON_STAGE = 300, 260  # letters of a verdict's evidence, about two lines, above the picture and on the stage


# The title is at the top of a wide page; on a narrow one the sidebar's button is there. Small text in the primary
# colour, which is meant as a background for white text, gets the colour of a link: contrast 4.5 : 1 in light and dark.
# On a narrow screen a column is never narrower than what its widget has to show, but moves to the next row, and a title
# is smaller, to fit one line. Names of runs may take two lines. On a wide screen a long list of chosen runs scrolls,
# because the picture comes first. The list of runs is wide enough for a run with its facts, however narrow the picker,
# but no wider than the screen.
_STYLE = """<style>
[data-selected="true"] p, [data-testid="stSliderThumbValue"] p { color: light-dark(#0b5fa5, #7db8ea); }
[data-testid="stMain"] :is(h1, h2, h3) { padding: 0; }
[data-testid="stHeading"]:has(h1) [data-testid="stMarkdownContainer"] { margin-bottom: -6px; }
[data-testid="stHeading"]:has(h2) [data-testid="stMarkdownContainer"] { margin-bottom: -2px; }
[data-testid="stHeading"]:has(h3) [data-testid="stMarkdownContainer"] { margin-bottom: -4px; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] { gap: 0.3rem; }
[data-testid="stElementToolbar"]:focus-within { opacity: 1; pointer-events: auto; }
[data-testid="stElementToolbarButton"] button[aria-label^="Show data"]::after { content: "Show as table"; }
[data-testid="stElementToolbarButton"] button[aria-label^="Show chart"]::after { content: "Show chart"; }
[data-testid="stElementToolbarButton"] button:is([aria-label^="Show data"], [aria-label^="Show chart"])::after
  { font-size: 0.8rem; margin-left: 0.3rem; white-space: nowrap; }
[data-testid="stElementToolbarButton"]:has(
  [aria-label^="Show data: Colour scale"], [aria-label^="Show data: The layers of"]) { display: none; }
[data-testid="stMultiSelect"] [data-tag] { height: auto; min-height: 1.75rem; }
[data-testid="stMultiSelect"] [data-tag] > [title] { white-space: normal; overflow-wrap: anywhere; line-height: 1.15;
  padding-block: 1px; }
[data-testid$="Dropdown"]:has(> [role="listbox"]:is([aria-label="Runs"], [aria-label="Compare with"]))
  { min-width: min(560px, calc(100vw - 32px)); }
[role="listbox"]:is([aria-label="Runs"], [aria-label="Compare with"]) [role="option"] > * { white-space: normal;
  font-size: 0.8rem; line-height: 14px; display: block; align-content: center; }
@media (min-width: 1101px) {
  [data-testid="stMultiSelect"] [data-tag] > [title] { display: -webkit-box; -webkit-box-orient: vertical;
    -webkit-line-clamp: 2; font-size: 0.8rem; }
  [data-testid="stMultiSelectTagsContainer"] { max-height: 5.2rem; overflow-y: auto; }
}
@media (max-width: 1100px) {
  [data-testid="stMain"] h1 { font-size: 1.45rem; }
}
@media (max-width: 639px) {
  [data-testid="stMain"] h1 { font-size: 1.3rem; }
}
@media (min-width: 640px) and (max-width: 1100px) {
  [data-testid="stMain"] [data-testid="stHorizontalBlock"] { flex-wrap: wrap; }
  [data-testid="stColumn"]:has([data-testid="stSelectbox"]) { min-width: 140px; }
  [data-testid="stColumn"]:has([data-testid="stPopover"]) { min-width: 110px; }
  [data-testid="stColumn"]:has([data-testid="stButtonGroup"]) { min-width: 190px; }
  [data-testid="stColumn"]:has([data-testid="stMultiSelect"]) { min-width: 260px; }
  [data-testid="stColumn"]:has([data-testid="stPageLink"]) { min-width: 230px; }
  .st-key-picture [data-testid="stColumn"]:has([data-testid="stPopover"]) { min-width: 0; }
  .st-key-picture [data-testid="stColumn"]:has([data-testid^="stBidi"]) { min-width: 200px; }
  [data-testid="stMain"] :has(> * [data-testid="stProgress"]) > [data-testid="stColumn"] {
    &:has([data-testid="stPopover"]) { min-width: 170px; }
    &:has([data-testid="stPageLink"]) { min-width: 230px; }
  }
}
@media (min-width: 800px) {
  [data-testid="stMainBlockContainer"] { padding-top: 0.3rem; }
  [data-testid="stHeader"] { background: transparent; }
  [data-testid="stHeader"], [data-testid="stHeader"] * { pointer-events: none; }
  [data-testid="stHeader"] :is(button, a, button *, a *) { pointer-events: auto; }
}
</style>"""


def title(text: str) -> None:
    """Show the page's title, which is the question that the page answers."""
    st.html(_STYLE)
    with stage.verdicts():
        st.title(text, anchor=False)


def picture_first(within: "DeltaGenerator | None" = None) -> tuple["DeltaGenerator", "DeltaGenerator"]:
    """(container of the picture, container of its options, below it). A page can then create the options before the
    picture.

    `within`: a part of the page, if the picture does not take the whole width.
    """
    with within or nullcontext():
        return stage.picture(), st.container()


def verdict(text: str, of: int = 1) -> None:
    """Show the measured verdict, which a visitor reads first: the answer and, after a line break in `text`, its
    evidence in smaller letters. Long evidence continues below the picture. `text` is plain text, because it names
    classes and runs. `of`: how many verdicts stand below each other and share the room for evidence."""
    answer, _, evidence = text.partition("\n")
    stage.say(answer)
    with stage.verdicts(), st.container(gap="xxsmall"):
        st.header(literal(answer), anchor=False)
        if evidence:
            first = _first_sentences(evidence, (ON_STAGE if presenting() else ABOVE) // of)
            st.caption(literal(first))
            if rest := evidence.removeprefix(first).strip():
                stage.say_below(literal(rest))


def square_on_stage(count: int, columns: int) -> int:
    """How many of `count` small images stand in a row: `columns` on the page, where height is short; on the stage as
    many as there are rows, because there they grow until they fill it."""
    return min(columns, math.ceil(math.sqrt(count))) if presenting() else columns


STAGE_HEIGHT, HEADING, LABEL = 0.44, 0.035, 0.055  # of its width: a line above a part, two lines below an image


def images_on_stage(groups: Sequence[int], most: float) -> tuple[int, float]:
    """(images in a row of each part, share of the stage's width of all parts) with which square images are about as
    large as they can be, and fill the height.

    groups: how many images each part has; the parts stand side by side, each under its heading. `most`: the largest
    share of the width that they may take.
    """
    sides = {
        columns: min((STAGE_HEIGHT - HEADING) / math.ceil(max(groups) / columns) - LABEL, most / columns / len(groups))
        for columns in range(1, max(groups) + 1)
    }
    columns = next(columns for columns, side in sides.items() if side >= 0.8 * max(sides.values()))
    return columns, min(most, max(len(groups) * columns * sides[columns], 0.25))


def _first_sentences(text: str, most: int) -> str:
    """As many whole sentences as fit in `most` letters, but at least one."""
    first, *others = re.split(r"(?<=[.!?]) (?=\w)", text)
    for sentence in others:
        if len(first) + len(sentence) >= most:
            break
        first = f"{first} {sentence}"
    return first


def notes(sentences: Iterable[str]) -> None:
    """Say what is not shown, and why. Goes below the picture, so that the picture is seen first."""
    for sentence in sentences:
        st.info(literal(sentence), icon=":material/info:")


def theory(text: str, source: str) -> None:
    """Explain behind a button what a visitor needs to know to read the chart."""
    with st.popover("What am I looking at?", icon=":material/school:"):
        st.markdown(text)
        st.caption(f"Source: {source}")


def empty(sentence: str, label: str, entry: Entry) -> NoReturn:
    """There is nothing to show yet: one sentence and one link to continue; the page ends here."""
    with st.container(border=True):
        st.markdown(literal(sentence))
        st.page_link(entry.page(), label=label, icon=":material/arrow_forward:")
    end()


def end() -> NoReturn:
    """End the page here; its link is written first."""
    stage.end()
    choices.finish()
    st.stop()


def run_heading(source: WeightsSource) -> None:
    """Show the run's name and its colour, which is the same on all pages; its id appears under the pointer."""
    heading(names.of(source), colour(source.id), source.id)


def heading(text: str, dot: str = "transparent", tooltip: str = "") -> None:
    """A line above a chart or an image; its height is the same with and without a coloured dot."""
    width = 0 if dot == "transparent" else 1
    st.html(
        f'<span style="color:{dot};font-size:1.2em;display:inline-block;width:{width}em" aria-hidden="true">●</span>'
        f'<strong title="{escape(tooltip)}" style="overflow-wrap:anywhere">{escape(text)}</strong>'
    )


def stop_with(sentence: str) -> NoReturn:
    """Show a hint instead of a chart; the page ends here."""
    st.info(literal(sentence), icon=":material/arrow_upward:")
    end()
