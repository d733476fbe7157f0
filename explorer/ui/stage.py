"""Presentation mode: the verdict and the picture fill the screen, everything else is hidden; keys step through the
choices.

A page marks its picture with `picture`. A button that starts a training and must be visible on the stage goes into
`kept`. A picker with several images, epochs or seeds calls `offer`. The style below does the rest, so that a page needs
no second version for a presentation.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui import choices, saving
from explorer.ui.components import stage as component
from explorer.ui.lecture import session as lecture

STEPS, SLOT, VERDICTS, SAID = "stage-steps", "stage-slot", "stage-verdicts", "stage-said"  # keys of the session state
BELOW, REST = "stage-below", "stage-rest"  # where the rest of a verdict's evidence goes, and texts that wait for it
UNHEARD = "stage-unheard"  # whether no image has had the verdict in its text alternative yet
ORDER = ("image", "step", "picture", "epoch", "seed")  # ← → step through the first of these that a page has
KEYS = ("← →", "↑ ↓", "⇧ ← →")

_MAIN = '[data-testid="stMain"]:has(.st-key-picture)'
_SHOWN = '.st-key-picture, .st-key-verdicts, [class*="st-key-kept"], [class*="st-key-stage"]'
_WIDGETS = ",".join(
    f'[data-testid="st{kind}"]'
    for kind in [
        "CaptionContainer",
        "Popover",
        "Expander",
        "DownloadButton",
        "PageLink",
        "Selectbox",
        "MultiSelect",
        "NumberInput",
        "Slider",
        "ButtonGroup",
        "Checkbox",
        "TextInput",
    ]
)
_ALWAYS = """<style>.st-key-stage { position: absolute; width: 0; height: 0; }</style>"""
STYLE = f"""{_ALWAYS}<style>
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stExpandSidebarButton"] {{ display: none; }}
{_MAIN} {{ overflow: hidden; scrollbar-gutter: auto; }}
{_MAIN} [data-testid="stMainBlockContainer"] {{ max-width: none; padding: 8px 24px 0; }}
{_MAIN} [data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{ gap: 8px; }}
.st-key-verdicts :is(h2, h3) {{ font-size: max(28px, 3.7vh); line-height: 1.2; padding: 0; text-wrap: pretty; }}
.st-key-verdicts h1 {{ font-size: 20px; font-weight: normal; line-height: 1.2; padding: 0; }}
.st-key-verdicts [data-testid="stCaptionContainer"] p {{ font-size: 20px; line-height: 1.25; }}
.st-key-verdicts {{ gap: 4px; padding-bottom: 4px; }}
.st-key-verdicts [data-testid="stMarkdownContainer"] {{ margin-bottom: 0 !important; }}
{_MAIN} :is([data-testid="stElementContainer"], [data-testid="stLayoutWrapper"]):not(
  .st-key-picture *, .st-key-verdicts *, [class*="st-key-kept"] *, [class*="st-key-stage"] *
):not(:has([data-testid="stAlertContentError"], [data-testid="stAlertContentWarning"], {_SHOWN})) {{ display: none; }}
.st-key-picture [data-testid="stElementContainer"]:has({_WIDGETS}):not([class*="st-key-card-"] *),
.st-key-picture [data-testid="stLayoutWrapper"]:has(> :is({_WIDGETS})) {{ display: none; }}
.st-key-picture [class*="st-key-card-"] :is([data-testid="stCaptionContainer"] p, [data-testid="stPageLink"] p)
  {{ font-size: calc(24px * var(--stage-scale, 1)); line-height: 1.25; }}
.st-key-picture iframe {{ zoom: 1.4; height: calc((100vh - 200px) / 1.4) !important; }}
.st-key-picture :is([data-testid="stHtml"], [data-testid="stMarkdownContainer"], [data-testid="stMarkdownContainer"] p)
  {{ font-size: calc(24px * var(--stage-scale, 1)); line-height: 1.25; }}
.st-key-picture [data-testid="stElementToolbar"] {{ display: none; }}
.st-key-picture [data-testid="stColumn"] {{ min-width: 0; }}
.st-key-picture [data-testid="stFullScreenFrame"]:has(.vega-embed) {{ width: calc(100% / var(--stage-scale, 1)); }}
.st-key-picture .vega-embed svg {{ zoom: var(--stage-scale, 1); overflow: visible !important; }}
.st-key-picture [data-testid="stElementContainer"]:has([data-testid="stImage"]),
.st-key-picture [data-testid="stFullScreenFrame"]:has([data-testid="stImage"]) > div {{ width: 100% !important; }}
.st-key-picture :is([data-testid="stImage"], [data-testid="stImageContainer"], [data-testid="stImage"] img)
  {{ width: 100% !important; max-width: none; image-rendering: pixelated; }}
[class*="st-key-kept"] {{ position: fixed; bottom: var(--stage-kept, 3px); left: 20%; width: 60%; z-index: 1001; }}
[class*="st-key-kept"] {{ align-items: center; }}
[class*="st-key-kept"] p {{ white-space: nowrap; margin: 0; }}
[class*="st-key-kept"] button {{ min-height: 28px; padding: 0 1rem; }}
.st-key-picture {{ --above: 0px; }}
.st-key-picture :is(h2, h3) {{ font-size: 24px; padding: 0; }}
</style>"""


@dataclass(frozen=True)
class _Step:
    """One direction: `values[at]` is chosen under `key`."""

    key: str
    values: Sequence[Any]
    at: int
    text: str


def presenting() -> bool:
    """Whether the page is shown as a presentation."""
    return bool(choices.value_of("present"))


def begin() -> None:
    """Start a page: there is nothing to step through yet. The component gets its place now, because a page may end
    early."""
    lecture.follow_turn()
    st.session_state[STEPS] = {}
    st.html(STYLE if presenting() else _ALWAYS)
    st.session_state[SLOT] = st.container(key="stage", gap=None)
    say("")
    st.session_state[BELOW], st.session_state[REST] = None, []
    st.session_state[VERDICTS] = st.container(key="verdicts") if presenting() else None


def offer(what: str, key: str, values: Sequence[Any], at: int, text: str = "") -> None:
    """On the stage, let arrow keys choose another of `values` under `key`; `values[at]` is chosen now.

    `what`: one of ORDER; the bar shows it before `text`, or before "3 of 180".
    """
    if presenting() and len(values) > 1:
        shown = text or f"{at + 1:,} of {len(values):,}"
        st.session_state.setdefault(STEPS, {})[what] = _Step(key, values, at, f"{what} {shown}")


def picture() -> DeltaGenerator:
    """The container of the page's main picture, once on a page; the stage shows it as large as it fits."""
    made = st.container(key="picture")
    st.session_state[BELOW] = st.container()
    for text in st.session_state.pop(REST, []):
        say_below(text)
    return made


def say_below(text: str) -> None:
    """Show Markdown in small letters below the picture, or at the end of a page without a picture."""
    below = st.session_state.get(BELOW)
    if below:
        below.caption(text)
    else:
        st.session_state.setdefault(REST, []).append(text)


def verdicts() -> AbstractContextManager:
    """The container of the verdict: on the stage above everything, else at the current place of the page."""
    return st.session_state.get(VERDICTS) or nullcontext()


def say(answer: str) -> None:
    """Keep the verdict's answer: it becomes part of the text alternatives of the charts and of the first image below
    it."""
    st.session_state[SAID] = answer
    st.session_state[UNHEARD] = bool(answer)


def alternative(description: str) -> str:
    """The text alternative of a chart: what it shows, and the page's verdict once there is one."""
    return " ".join(filter(None, (f"{description}.", st.session_state.get(SAID))))


def image_alternative(description: str) -> str:
    """Like `alternative`, for an image: only the first below the verdict repeats it, not each of sixteen maps."""
    first = st.session_state.get(UNHEARD, False)
    st.session_state[UNHEARD] = False
    return alternative(description) if first else description


def words(text: str) -> None:
    """A line below a part of the picture that a reader needs to know what it shows: the stage hides captions."""
    (st.markdown if presenting() else st.caption)(text)


def kept(name: str, width: Literal["stretch", "content"] = "stretch") -> DeltaGenerator:
    """A container that the stage shows although it is not a picture, such as the button that starts a training.

    `width`: on the page, outside a presentation.
    """
    return st.container(key=f"kept-{name}", width=width)


def _steps() -> list[_Step]:
    found = st.session_state.get(STEPS, {})
    return [found[what] for what in ORDER if what in found][: len(KEYS)]


def end() -> None:
    """Called at the end of a page, before `choices.finish`, after which nothing can be written: offers what the page
    shows for saving, and turns on the keys."""
    for text in st.session_state.pop(REST, []):
        st.caption(text)
    saving.menu()
    slot = st.session_state.pop(SLOT, None)
    if slot is None:
        return
    places = [(keys, step.text) for keys, step in zip(KEYS, _steps(), strict=False)]
    if presenting():
        lecture.hold_place()
    on = {"switched": _switch, "stepped": _step, "turned": _turn, "found": lecture.found_in_browser}
    with slot:
        component.stage(presenting(), places, _place(), lecture.for_browser(), on)


def _place() -> component.Place | None:
    """The position in a lecture."""
    here = lecture.place() if presenting() else None
    found = lecture.lecture_of(here[0]) if here else None
    if here is None or found is None:
        return None
    at, count = here[1], len(found.views)
    view = found.views[at]
    return component.Place(f"{at + 1} of {count}: {view.sentence}", view.say, at == 0, at + 1 == count)


def _switch(pressed: object) -> None:
    if pressed is True:
        choices.put("present", not presenting())


def _step(pressed: object) -> None:
    """Handle [nth direction, ±1] from a browser."""
    if not (isinstance(pressed, list) and len(pressed) == 2 and all(type(number) is int for number in pressed)):
        return
    nth, by = pressed
    steps = _steps()
    if 0 <= nth < len(steps) and by in (-1, 1):
        step = steps[nth]
        choices.put(step.key, step.values[(step.at + by) % len(step.values)])


def _turn(pressed: object) -> None:
    """Handle ±1 from a browser."""
    if type(pressed) is int and pressed in (-1, 1):
        lecture.turn(pressed)
