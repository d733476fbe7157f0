"""One selected run: its name, note and tags, and the way to train it again with a change."""

import streamlit as st

from explorer.errors import UserError
from explorer.runs import Run, annotate
from explorer.runs.annotate import LONGEST_NAME, LONGEST_NOTE
from explorer.ui.markdown import literal
from explorer.ui.train.link import duplicate


def details(run: Run, name: str) -> None:
    """A form that keeps what a person writes about the run; what cannot be kept is said in a sentence."""
    record = run.record
    with st.container(border=True):
        st.markdown(f"**{literal(name)}** · `{run.id}`")
        with st.form(f"annotate-{run.id}", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            own_name = st.text_input("Name", record.name or "", LONGEST_NAME, placeholder=name, width=260)
            tags = st.text_input("Tags, separated by commas", ", ".join(record.tags), width=220)
            note = st.text_input("Note", record.note or "", LONGEST_NOTE, width=360)
            saved = st.form_submit_button("Save", icon=":material/save:")
        if saved and _keep(run, own_name, tags, note):
            st.rerun()
        if source := run.config.training.source:
            st.caption(
                literal(f"This run starts from the weights of {source}. To train it again, choose them on Transfer.")
            )
        duplicate(run)


def _keep(run: Run, name: str, tags: str, note: str) -> bool:
    wanted = [tag.strip() for tag in tags.split(",") if tag.strip()]
    try:
        run = annotate.rename(run, name)
        run = annotate.note(run, note)
        if gone := [tag for tag in run.record.tags if tag not in wanted]:
            run = annotate.untag(run, gone)
        if new := [tag for tag in wanted if tag not in run.record.tags]:
            annotate.tag(run, new)
    except UserError as error:
        st.error(literal(error), icon=":material/error:")
        return False
    return True
