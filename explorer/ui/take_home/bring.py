"""Importing a run from another machine, on the Runs page."""

from functools import partial

import streamlit as st

from explorer.errors import UserError
from explorer.export.bring_in import bring_in
from explorer.mode import is_demo
from explorer.runs import trash
from explorer.runs.owners import acting
from explorer.ui.runs import actions
from explorer.ui.serving import uploads

MEGABYTES = 200  # same as server.maxUploadSize


def offer() -> None:
    """Show a place to drop a run's zip file; the result appears with the other outcomes of the page."""
    if is_demo():
        return
    current = st.session_state.get(actions.ROUND, 0)  # the uploader is empty again after each import
    with st.popover("Bring in a run", icon=":material/upload:"):
        file = st.file_uploader(
            "A run's zip file, as Take home or `export` writes it",
            type="zip",
            max_upload_size=MEGABYTES,
            key=_key("bring-file", current),
            help="For a larger one, use `python -m explorer import FILE.zip`.",
        )
        if acting().is_host:
            st.text_input(
                "Folder of its images on this machine",
                key=_key("bring-images", current),
                placeholder="only for a run that learned from images of your own",
            )
        st.button(
            "Bring it in",
            icon=":material/upload:",
            disabled=file is None,
            on_click=_bring,
            args=(current,),
            key="bring-in",
        )


def _key(name: str, current: int) -> str:
    return f"{name}-{current}"


def _bring(current: int) -> None:
    file = st.session_state.get(_key("bring-file", current))
    images = st.session_state.get(_key("bring-images", current), "").strip()
    if file is None:
        return
    try:
        run = bring_in(file, images=images or None)
    except UserError as error:
        st.session_state[actions.REFUSED] = [str(error)]
        return
    uploads.forget(file.file_id)
    was = run.record.imported.id if run.record.imported else run.id
    called = "" if was == run.id else f" On the other machine it was {was}."
    st.session_state[actions.ROUND] = current + 1
    st.session_state[actions.DONE] = f"{run.id} is here.{called}", partial(actions.act, [run.id], trash.delete)
