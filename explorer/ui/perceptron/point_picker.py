"""The points that a neuron learns: a logic gate or two clusters, original or changed by the visitor."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.errors import UserError
from explorer.training.perceptron import (
    CLUSTERS,
    GATES,
    MOST_POINTS,
    WIDEST,
    Points,
    checked,
    two_clusters,
)
from explorer.ui import choices
from explorer.ui.markdown import literal

CHANGED, REFUSED, TRIES = "changed-points", "refused-points", "points-tried"  # keys of the session state


@dataclass(frozen=True)
class Choice:
    """The points to learn."""

    name: str  # within a sentence
    key: str  # key of the set before the visitor changed it
    points: Points
    changed: bool


def pick() -> Choice:
    """Show the choice in the top row, with the settings of two clusters, and return the chosen set."""
    name = choices.segmented("Points", [*GATES, CLUSTERS], "points", "AND")
    key, points = _clusters() if name == CLUSTERS else (name, GATES[name])
    called, changed = f"these {CLUSTERS}" if name == CLUSTERS else name, _changed()
    if key in changed:
        return Choice(f"{called} as changed", key, changed[key], True)
    return Choice(called, key, points, False)


def _clusters() -> tuple[str, Points]:
    each = choices.number_input("Points per class", 1, MOST_POINTS // 2, 15, "each", width=130)
    apart = choices.number_input(
        "Separation",
        0.0,
        WIDEST,
        4.0,
        "apart",
        step=0.5,
        format="%g",
        width=130,
        help="Distance between the cluster centres, in standard deviations of a cluster.",
    )
    seed = choices.number_input("Seed", 0, 2**31 - 1, 0, "cloud", width=100)
    return f"{CLUSTERS} {each} {apart} {seed}", two_clusters(int(each), float(apart), int(seed))


def _changed() -> dict[str, Points]:
    return st.session_state.setdefault(CHANGED, {})


def tries() -> int:
    """How often the visitor has tried to change points: after a refused change the board must be drawn again as
    well."""
    return st.session_state.get(TRIES, 0)


def change(key: str, rows: Iterable[Iterable[Any]]) -> None:
    """Learn these points (x₁, x₂, class) instead; if they cannot be learned, keep the current ones and say why."""
    st.session_state[TRIES] = tries() + 1
    try:
        _changed()[key] = checked([tuple(row) for row in rows])
    except UserError as error:
        st.session_state[REFUSED] = str(error)


def refusal() -> None:
    """Say once why a change was refused."""
    if reason := st.session_state.pop(REFUSED, None):
        st.error(literal(reason), icon=":material/error:")


def restore(key: str) -> None:
    """Restore the original points."""
    st.session_state[TRIES] = tries() + 1
    _changed().pop(key, None)


def table(choice: Choice) -> None:
    """Show the points as a table to edit: exact numbers, and everything works by keyboard."""
    import pandas as pd

    points = choice.points
    shown = hash((choice.key, points.xy.tobytes(), points.classes.tobytes()))  # else a refused table keeps its cells
    frame = pd.DataFrame({"x₁": points.xy[:, 0], "x₂": points.xy[:, 1], "class": points.classes})
    # No limits here: a table silently corrects values beyond them, whereas `checked` says what is wrong.
    coordinate = st.column_config.NumberColumn(format="%.3f")
    with st.form("points-table"):
        edited = st.data_editor(
            frame,
            num_rows="dynamic",
            key=f"table-{shown}",
            height=min(38 * (len(frame) + 2), 400),
            column_config={
                "x₁": coordinate,
                "x₂": coordinate,
                "class": st.column_config.SelectboxColumn(options=[0, 1]),
            },
        )
        if st.form_submit_button("Learn these points", icon=":material/check:"):
            change(choice.key, edited.itertuples(index=False))
            st.rerun()
