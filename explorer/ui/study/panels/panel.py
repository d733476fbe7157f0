"""What a panel is: charts or images of a study under a title, and when it applies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import altair as alt
import streamlit as st

from explorer.charts.palette import colour
from explorer.runs import Run
from explorer.ui import cache, compute, display, page
from explorer.ui.study.frames import View

IN_A_ROW = 4  # networks side by side, as tiles


def with_convolutions(view: View) -> list[Run]:
    """The first seed of each variant that has a convolution."""
    return [run for run in view.first_seeds() if compute.convolutions(run)]


def always(view: View) -> bool:
    """For panels that apply to every study."""
    return True


@dataclass(frozen=True)
class Panel:
    """`show(view, key)` draws it; `key` tells a panel apart from the same one behind a finding."""

    title: str
    show: Callable[[View, str], None]
    caption: str = ""
    wide: bool = False  # across the page, not beside another panel
    applies: Callable[[View], bool] = always
    needs_image: bool = False
    untrained: bool = False  # it can be drawn before anything is trained


def chart_panel(
    title: str,
    description: str,
    make: Callable[[View, bool], alt.Chart],
    caption: str = "",
    applies: Callable[[View], bool] = always,
) -> Panel:
    """A panel of one chart by `make(view, present)`, which is made once for all visitors."""

    def show(view: View, key: str) -> None:
        made = _made(view, title, page.presenting(), make)
        display.show(made, description, key=f"study-{title}-{key}")

    return Panel(title, show, caption, applies=applies)


AS_SEEN: cache.HashFuncs = {View: lambda view: (view.key, view.log)}


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=AS_SEEN)
def _made(view: View, title: str, present: bool, _make: Callable[[View, bool], alt.Chart]) -> dict:
    return display.specification(_make(view, present))


def beside(view: View, runs: list[Run], in_a_row: int = IN_A_ROW) -> Iterator[Run]:
    """Yield each run inside a column of its own, under the name of its variant."""
    in_a_row = 1 if page.presenting() and in_a_row < IN_A_ROW else in_a_row  # charts need the width, images do not
    for first in range(0, len(runs), in_a_row):
        row = runs[first : first + in_a_row]
        for column, run in zip(st.columns(min(in_a_row, len(runs))), row, strict=False):
            with column:
                page.heading(view.variant[run.id], colour(run.id))
                yield run
