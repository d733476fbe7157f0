"""What a visitor can do with the selected runs: mark, archive, delete, and undo."""

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
from explorer.ui.pickers.offered import about
from explorer.ui.pickers.runs import AT_ONCE, suggest_runs

Act = Callable[[str], object]  # done to the run with this id
RUNS = "{runs}"  # for a sentence: how many runs it was done to
ROUND = "runs-round"  # key of the session state: counts the changes, so that a changed table forgets its selection
DONE = "runs-done"  # the last action: (sentence, how to undo it)
REFUSED = "runs-refused"  # sentences about what could not be done
SAID = 3  # of those sentences: hundreds of runs may be selected


def show_elsewhere(selected: Sequence[Run], listed: Sequence[Run], names: dict[str, str]) -> None:
    """Show how many runs are selected, buttons that open other pages with them, and a choice of a listed run to
    compare."""
    ids = [run.id for run in selected]
    st.markdown(f"**{len(ids):,} selected**", width="content")
    if len(ids) < AT_ONCE:
        _compare_with(ids, listed, names)
    too_many = len(ids) > AT_ONCE
    why = f"A page shows at most {AT_ONCE} runs: select fewer." if too_many else None
    for entry in (navigation.CURVES, navigation.GRADIENTS, navigation.SALIENCY):
        key = f"show-{entry.title}"
        if st.button(f"Show on {entry.title}", icon=entry.icon, key=key, disabled=too_many, help=why):
            suggest_runs(ids)
            st.switch_page(entry.page())


def _compare_with(ids: list[str], listed: Sequence[Run], names: dict[str, str]) -> None:
    others = {run.id: run for run in listed if run.id not in ids and (run.epochs_done or has_steps(run))}
    other = st.selectbox(
        "Compare with",
        list(others),
        None,
        lambda run_id: about(others[run_id], names[run_id]),
        key=f"compare-{'-'.join(ids)}",
        placeholder="Compare with …",
        label_visibility="collapsed",
        width=300,
        help="Opens Curves with the selected runs and this one.",
    )
    if other:
        suggest_runs([*ids, other])
        st.switch_page(navigation.CURVES.page())


def change(selected: Sequence[Run]) -> None:
    """Show buttons that change the selected runs."""
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
    """Show a button if there is a run to apply it to."""
    if ids:
        st.button(label, icon=f":material/{icon}:", on_click=act, args=(ids, do, undo, f"{RUNS} {done}."))


def _star(starred: bool) -> Act:
    return lambda run_id: annotate.star(find(run_id), starred)


def _archive(archived: bool) -> Act:
    return lambda run_id: annotate.archive(find(run_id), archived)


def act(
    ids: Sequence[str],
    do: Act,
    undo: Act | None = None,
    sentence: str = "",
    keeps_selection: bool = False,
) -> None:
    """Apply `do` to each run that allows it, and offer to undo it for those; say why for the others."""
    done, refused = [], []
    for run_id in ids:
        try:
            do(run_id)
            done.append(run_id)
        except UserError as error:
            refused.append(str(error))
    st.session_state[REFUSED] = refused
    if not keeps_selection:
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    if undo and done:
        outcome = sentence.replace(RUNS, plural(len(done), "run"))
        undoing = partial(act, done, undo, keeps_selection=keeps_selection)
        st.session_state[DONE] = outcome if not refused else f"Only some were changed: {outcome}", undoing
    else:
        st.session_state.pop(DONE, None)


def show_outcome() -> None:
    """Show below the buttons what was done, with a button that undoes it, and what could not be done."""
    if DONE in st.session_state:
        sentence, undo = st.session_state[DONE]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/check: {sentence}", width="content")
            st.button("Undo", icon=":material/undo:", type="tertiary", on_click=_undo, args=(undo,))
    refused = st.session_state.pop(REFUSED, [])
    for sentence in refused[:SAID]:
        st.error(literal(sentence), icon=":material/error:")
    if len(refused) > SAID:
        st.caption(f"The same applies to {plural(len(refused) - SAID, 'more run')}: nothing was changed.")


def _undo(undo: Callable[[], None]) -> None:
    undo()
    st.session_state.pop(DONE, None)


def trashed() -> None:
    """Show the deleted runs, and a button that restores some of them."""
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
        st.button(
            "Restore",
            icon=":material/restore_from_trash:",
            disabled=not picked,
            on_click=act,
            args=(picked, trash.restore, trash.delete, f"{RUNS} restored."),
        )
        st.button(
            "Delete for good",
            icon=":material/delete_forever:",
            disabled=not picked,
            on_click=act,
            args=(picked, trash.remove),
            help="Frees disk space at once. This cannot be undone.",
        )
