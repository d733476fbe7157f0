"""What one does with the selected runs: mark, put away, delete, and undo."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from explorer.errors import UserError
from explorer.runs import Run, annotate, find, trash
from explorer.runs.history import has_steps
from explorer.runs.trash import KEPT
from explorer.text import plural
from explorer.ui import navigation
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import suggest_runs

Act = Callable[[str], object]  # what is done to the run of an id
ROUND = "runs-round"  # in the session: counts the changes, so that a table that has changed forgets its selection
DONE = "runs-done"  # what was done last: (sentence, how to undo it)
REFUSED = "runs-refused"  # sentences on what could not be done


def show_elsewhere(selected: Sequence[Run], listed: Sequence[Run], names: dict[str, str]) -> None:
    """Buttons that lead to a page with the selected runs, and the choice of a listed one to compare them with."""
    ids = [run.id for run in selected]
    others = [run.id for run in listed if run.id not in ids and (run.epochs_done or has_steps(run))]
    other = st.selectbox(
        "Compare with",
        others,
        None,
        names.__getitem__,
        key=f"compare-{'-'.join(ids)}",
        placeholder="Compare with …",
        label_visibility="collapsed",
        width=240,
        help="Opens Curves with the selected runs and this one.",
    )
    if other:
        suggest_runs([*ids, other])
        st.switch_page(navigation.CURVES.page())
    for entry in (navigation.CURVES, navigation.GRADIENTS, navigation.SALIENCY):
        if st.button(f"Show on {entry.title}", icon=entry.icon, key=f"show-{entry.title}"):
            suggest_runs(ids)
            st.switch_page(entry.page())


def change(selected: Sequence[Run]) -> None:
    """Buttons that change the selected runs."""
    ids = [run.id for run in selected]
    plain = [run.id for run in selected if not run.record.starred]
    listed = [run.id for run in selected if not run.record.archived]
    _button("Star", "star", plain, _star(True), _star(False), "starred")
    _button("Remove star", "star_border", [] if plain else ids, _star(False), _star(True), "no longer starred")
    _button("Archive", "archive", listed, _archive(True), _archive(False), "archived")
    _button("Unarchive", "unarchive", [] if listed else ids, _archive(False), _archive(True), "no longer archived")
    _button(
        "Delete",
        "delete",
        ids,
        trash.delete,
        trash.restore,
        f"deleted. The trash keeps deleted runs for {KEPT.days} days",
    )


def _button(label: str, icon: str, ids: list[str], do: Act, undo: Act, done: str) -> None:
    """Shown where there is a run to do it to."""
    if ids:
        args = ids, do, partial(act, ids, undo), f"{plural(len(ids), 'run')} {done}."
        st.button(label, icon=f":material/{icon}:", on_click=act, args=args)


def _star(starred: bool) -> Act:
    return lambda run_id: annotate.star(find(run_id), starred)


def _archive(archived: bool) -> Act:
    return lambda run_id: annotate.archive(find(run_id), archived)


def act(
    ids: Sequence[str],
    do: Act,
    undo: Callable[[], None] | None = None,
    sentence: str = "",
    keeps_selection: bool = False,
) -> None:
    """Do it to each run that allows it; say of the others why not."""
    refused = []
    for run_id in ids:
        try:
            do(run_id)
        except UserError as error:
            refused.append(str(error))
    st.session_state[REFUSED] = refused
    if not keeps_selection:
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    if undo and len(refused) < len(ids):
        st.session_state[DONE] = sentence if not refused else f"Not for all: {sentence}", undo
    else:
        st.session_state.pop(DONE, None)


def show_outcome() -> None:
    """Where one pressed: what was done, with a button that undoes it, and what could not be done."""
    if DONE in st.session_state:
        sentence, undo = st.session_state[DONE]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/check: {sentence}", width="content")
            st.button("Undo", icon=":material/undo:", type="tertiary", on_click=_undo, args=(undo,))
    for refused in st.session_state.pop(REFUSED, []):
        st.error(literal(refused), icon=":material/error:")


def _undo(undo: Callable[[], None]) -> None:
    undo()
    st.session_state.pop(DONE, None)


def trashed() -> None:
    """The deleted runs, and a button that brings some back."""
    deleted = {each.id: each for each in trash.trashed()}
    if not deleted:
        return
    with st.expander(f"Trash: {plural(len(deleted), 'deleted run')}", icon=":material/delete:"):
        picked = st.multiselect(
            "Deleted runs",
            list(deleted),
            key=f"trash-{st.session_state.get(ROUND, 0)}",
            format_func=lambda run_id: f"{run_id}, deleted {deleted[run_id].deleted_at:%Y-%m-%d}",
        )
        sentence = f"{plural(len(picked), 'run')} restored."
        undo = partial(act, picked, trash.delete)
        st.button(
            "Restore",
            icon=":material/restore_from_trash:",
            disabled=not picked,
            on_click=act,
            args=(picked, trash.restore, undo, sentence),
        )
        st.button(
            "Delete for good",
            icon=":material/delete_forever:",
            disabled=not picked,
            on_click=act,
            args=(picked, trash.remove),
            help="Frees the disk at once. It cannot be undone.",
        )
