"""From the page to the paper: a menu in the sidebar saves any chart, table or image of the page as a file.

Every page imports this module, including Home, which must appear before pandas and altair are imported; functions that
need them import them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import streamlit as st

from explorer.spreadsheet import is_formula
from explorer.text import plural
from explorer.ui.markdown import JOINER, literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

Rows = Any  # the data of `st.dataframe`
Setting = Any  # any other argument of `st.dataframe`
Event = Any  # what `st.dataframe` returns
Written = Mapping[str, Callable[[float], str]]  # column → what writes its numbers
NOTHING: Written = {}
STATE = "shown-on-page"
ROWS = 6  # rows of a table that is shown whole; a longer one scrolls
FORMATS = {"Markdown": "markdown", "LaTeX": "latex"}  # format → language of its code block


@dataclass
class Shown:
    """A chart, a table without a chart, or an image."""

    frames: "list[pd.DataFrame]"  # the numbers, the most useful first
    chart: dict | None = None  # a Vega-Lite specification with the names of the runs; its data are DataFrames
    image: "np.ndarray | str | None" = None  # uint8 (H, W, 3), or a data URL by `charts.data_url`


@dataclass
class _Page:
    """What one script run has shown."""

    slot: "DeltaGenerator"  # the menu's place
    things: dict[str, Shown] = field(default_factory=dict)  # by description


def begin() -> None:
    """Start a page: nothing is shown yet. The menu appears where this is called."""
    st.session_state[STATE] = _Page(st.container())


def chart(named: dict, description: str, numbers: "Sequence[pd.DataFrame] | None" = None) -> None:
    """Note that a chart is shown. `named`: a chart by `charts.with_names`. `numbers`: its tables if those it is drawn
    from are not fit for readers; empty for a drawing."""
    from explorer import charts

    frames = _numbers(named["datasets"], charts.drawn_fields(named)) if numbers is None else [*numbers]
    _note(Shown(frames, named), description)


def image(pixels: "np.ndarray | str", description: str) -> None:
    """Note that an image is shown: uint8 (H, W, 3), or a data URL by `charts.data_url`."""
    _note(Shown([], image=pixels), description)


def dataframe(
    rows: Rows, *, alt: str, marked: "pd.DataFrame | None" = None, written: Written = NOTHING, **settings: Setting
) -> Event:
    """Like `st.dataframe`, for a DataFrame or data that make one. `marked`: the result of `mark_formulas`, for a table
    so long that its caller caches that as well. `written`: functions that write the numbers of a
    column, whatever its format; they are still sorted as numbers."""
    import pandas as pd

    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
    if len(frame):
        _note(Shown([frame]), alt)
    shown = mark_formulas(frame) if marked is None else marked
    if not (written := {name: write for name, write in written.items() if name in shown}):
        return st.dataframe(shown, alt=alt, **settings)
    settings["column_config"] = {
        name: _without_format(column) if name in written else column
        for name, column in settings.get("column_config", {}).items()
    }
    styled = shown.style.format({name: written.get(name, _plain) for name in shown}, na_rep="")
    return st.dataframe(styled, alt=alt, **settings)


def selected_rows(event: Event, count: int) -> list[int]:
    """The rows of a table of `count` rows that are selected; what else a browser may send is passed over."""
    rows = event.selection.rows
    return [row for row in rows if type(row) is int and 0 <= row < count] if isinstance(rows, list) else []


def _without_format(column: Setting) -> Setting:
    """Streamlit shows what a style writes only where a column has no format."""
    return {**column, "type_config": {**(column.get("type_config") or {}), "format": None}}


def _plain(cell: object) -> str:
    """As Streamlit writes it without a style: pandas gives every float six decimals."""
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)


def mark_formulas(frame: "pd.DataFrame") -> "pd.DataFrame":
    """The table for Streamlit's own download button, which writes cells into a CSV file unchanged: formulas are
    marked."""
    frame = frame.rename(columns=_marked_cell)
    found = frame.select_dtypes(exclude="number").map(_begins_formula)
    return frame.map(_marked_cell) if found.to_numpy().any() else frame


def _begins_formula(cell: object) -> bool:
    return is_formula(cell[0] if isinstance(cell, list) and cell else cell)  # a list is written with commas


def _marked_cell(cell: object) -> object:
    """Looks the same on screen; in a file, a zero-width mark keeps a spreadsheet from computing the cell."""
    if not _begins_formula(cell):
        return cell
    return [f"{JOINER}{cell[0]}", *cell[1:]] if isinstance(cell, list) else f"{JOINER}{cell}"


def _note(thing: Shown, description: str) -> None:
    page: _Page | None = st.session_state.get(STATE)
    if page is not None:
        page.things[description] = thing


def _numbers(datasets: "dict[str, pd.DataFrame]", drawn: set[str]) -> "list[pd.DataFrame]":
    """The tables of a chart, each once; those for the pointer, whose numbers are written out as text, come last.
    Columns that only say whether a row is drawn are omitted, and so are images for the pointer. `drawn`: the fields
    that are drawn."""
    import pandas as pd

    frames = [frame.loc[:, ~frame.columns.str.startswith("_")] for frame in datasets.values() if len(frame)]
    frames = [frame.drop(columns=[*(set(frame.select_dtypes("bool")) - drawn)]) for frame in frames]
    frames = [frame.loc[:, ~frame.iloc[0].astype(str).str.startswith("data:image")] for frame in frames]
    return sorted(frames, key=lambda frame: not any(map(pd.api.types.is_float_dtype, frame.dtypes)))


def menu() -> None:
    """Called at the end of a page: offers what it shows as tables or files. Nothing is made before somebody presses the
    button."""
    page: _Page | None = st.session_state.get(STATE)
    if page is None or not page.things:
        return
    with page.slot:
        if st.button("Save for a paper", icon=":material/download:", width="stretch", key="save-shown"):
            _save(page.things)


@st.dialog("Save for a paper", width="medium")
def _save(things: dict[str, Shown]) -> None:
    from explorer.report import picture, table_text

    which = st.selectbox("Which one", list(things), format_func=literal, key="save-which")
    thing, name = things[which], _file_name(which)
    if not thing.frames:
        st.caption("There are no numbers for it.")
    if thing.chart is not None:
        drawn = thing.chart
        with st.container(horizontal=True):
            _download("SVG", lambda: picture.svg_of(drawn, "chart").encode(), f"{name}.svg", "image/svg+xml")
            _download(
                f"PNG, {picture.DPI} dpi",
                lambda: picture.png(picture.svg_of(drawn, "chart")),
                f"{name}.png",
                "image/png",
            )
    if (pixels := thing.image) is not None:
        _download(f"PNG, {picture.DPI} dpi", lambda: picture.printed(pixels), f"{name}.png", "image/png")
    frames = {_label(frame): frame for frame in thing.frames}
    if not frames:
        return
    if len(frames) > 1:
        frame = frames[st.selectbox("Its numbers", list(frames), key=f"save-numbers-{name}")]
    else:
        (frame,) = frames.values()
    height = "content" if len(frame) < ROWS else 240
    st.dataframe(mark_formulas(frame), hide_index=True, height=height, alt=f"{which}, as a table")
    _download("CSV", lambda: table_text.csv(frame).encode(), f"{name}.csv", "text/csv")
    if len(frame) > table_text.LONGEST:
        st.caption(f"{plural(len(frame), 'row')} are too many for a paper: use the CSV file.")
        return
    kind = st.segmented_control("To paste", list(FORMATS), default="Markdown", required=True, key="save-format")
    text = table_text.markdown(frame) if kind == "Markdown" else table_text.latex(frame, which)
    st.code(text, language=FORMATS[kind], height=200)


def _download(label: str, make: Callable[[], bytes], file: str, mime: str) -> None:
    st.download_button(label, make, file, mime, icon=":material/download:", on_click="ignore")


def _label(frame: "pd.DataFrame") -> str:
    return f"{', '.join(map(str, frame.columns))}: {plural(len(frame), 'row')}"


def _file_name(description: str) -> str:
    """Its first words, at most 60 letters."""
    words = "".join(sign if sign.isalnum() else " " for sign in description.lower()).split()
    ends = accumulate(len(word) + 1 for word in words)  # each word's, with the dash behind it
    return "-".join(word for word, end in zip(words, ends, strict=True) if end <= 61) or "".join(words)[:60] or "chart"
