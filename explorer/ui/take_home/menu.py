"""A run in one of its forms: chosen, made, and sent to the visitor's computer."""

import streamlit as st

from explorer.charts.formatting import memory
from explorer.errors import UserError
from explorer.export.forms import FORMS, packed
from explorer.runs import Run
from explorer.ui.markdown import literal

MADE = "take-home"  # key of the session state: (run, its epochs, form) → (file name, content) of the file made last
MOST_BYTES = 200_000_000  # of weights or of the run: downloading takes server memory, and so does importing


def menu(run: Run) -> None:
    """Show a popover with all forms; nothing for a run that has not finished an epoch or is still training."""
    if not run.epochs_done or run.status not in ("finished", "stopped", "failed"):
        return
    with st.popover("Take home", icon=":material/download:"):
        form = st.selectbox("As", list(FORMS), format_func=lambda name: FORMS[name].title, key=f"form-{run.id}")
        st.caption(FORMS[form].about)
        wanted = run.id, run.epochs_done, form
        if st.button("Make the file", icon=":material/package_2:", key=f"make-{run.id}"):
            _make(run, form, wanted)
        made = st.session_state.get(MADE, {}).get(wanted)
        if made:
            name, content = made
            st.download_button(
                f"Download {memory(len(content))}",
                content,
                name,
                icon=":material/download:",
                key=f"download-{run.id}",
                on_click="ignore",
            )


def _make(run: Run, form: str, wanted: tuple[str, int, str]) -> None:
    """Make the file. Only the last one is kept, because it may be large."""
    st.session_state.pop(MADE, None)
    try:
        _check_size(run, form)
        with st.spinner("Making the file …"):
            st.session_state[MADE] = {wanted: packed(run, form)}
    except UserError as error:
        st.error(literal(str(error)), icon=":material/error:")


def _check_size(run: Run, form: str) -> None:
    files = run.path.rglob("*") if form == "zip" else [run.path / "weights" / "best.safetensors"]
    size = sum(file.stat().st_size for file in files if file.is_file())
    if size > MOST_BYTES:
        raise UserError(
            f"{run.id} takes {size / 1e6:,.0f} MB, more than the {MOST_BYTES / 1e6:.0f} MB that a page sends: use "
            f"`python -m explorer export {run.id} --as {form} --out PATH`."
        )
