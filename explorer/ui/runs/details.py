"""One selected run: its name, note and tags, and a link to train it again with a change."""

from collections.abc import Callable

import streamlit as st

from explorer.runs import Run, annotate, find
from explorer.runs.annotate import LONGEST_NAME, LONGEST_NOTE
from explorer.runs.owners import may_change
from explorer.ui.markdown import literal
from explorer.ui.runs import actions
from explorer.ui.take_home.menu import menu
from explorer.ui.train.link import duplicate

Keep = Callable[[Run, str], object]  # stores what was typed about a run; raises UserError


def details(run: Run, name: str) -> None:
    """Show what a visitor can write about the run. It is stored when a field is left or Enter is pressed."""
    record, locked = run.record, not may_change(run.record.owner)
    fields: tuple[tuple[str, str, Keep, int | None, int, str], ...] = (
        ("Name", record.name or "", annotate.rename, LONGEST_NAME, 260, name),
        ("Tags", ", ".join(record.tags), _retag, None, 220, "separated by commas"),
        ("Note", record.note or "", annotate.note, LONGEST_NOTE, 360, ""),
    )
    with st.container(border=True):
        st.markdown(f"**{literal(record.name or name)}** · `{run.id}`")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for label, before, keep, longest, width, hint in fields:
                key = f"{label}-{run.id}-{before}"  # a change or an undo makes a new field
                st.text_input(
                    label,
                    before,
                    longest,
                    key,
                    on_change=_change,
                    args=(run.id, label, before, keep, key),
                    placeholder=hint,
                    width=width,
                    disabled=locked,
                )
        if source := run.config.training.source:
            st.caption(
                literal(
                    f"This run starts from the weights of {source}: the page Transfer trains all variants from them."
                )
            )
        if came := record.imported:
            by = f", trained by {came.trained_by}" if came.trained_by else ""
            st.caption(literal(f"It was imported on {came.at[:10]} from another machine, where it was {came.id}{by}."))
        with st.container(horizontal=True):
            duplicate(run)
            menu(run)


def _change(run_id: str, label: str, before: str, keep: Keep, key: str) -> None:
    def kept(text: str) -> actions.Act:
        return lambda run_id: keep(find(run_id), text)

    sentence = f"{label} of {run_id} changed."
    actions.act([run_id], kept(st.session_state[key]), kept(before), sentence, keeps_selection=True)


def _retag(run: Run, text: str) -> None:
    wanted = [tag.strip() for tag in text.split(",") if tag.strip()]
    if new := [tag for tag in wanted if tag not in run.record.tags]:
        annotate.tag(run, new)
    if gone := [tag for tag in run.record.tags if tag not in wanted]:
        annotate.untag(run, gone)
