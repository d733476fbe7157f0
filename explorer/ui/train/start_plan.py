"""What is missing from a plan of runs: one button to start it, and how long it will take."""

from collections.abc import Callable

import streamlit as st

from explorer.charts.formatting import seconds
from explorer.mode import IN_A_DEMO, is_demo
from explorer.runs.check import check
from explorer.studies import PlannedRun, Study, taken
from explorer.studies.plan import ASKED_ABOVE
from explorer.text import plural
from explorer.ui import page, stage
from explorer.ui.train import estimate, fit_button

Fit = Callable[[int, float], None]
TOAST = "start-plan-toast"  # session state: a message for the next script run; that of the press ends first


def offer(
    plan: list[PlannedRun], study: Study, submit: Callable[[], object], note: str = "", fit: Fit | None = None
) -> None:
    """Show a button that queues the missing runs after checking them. `note`: text before the expected time.
    `fit(epochs, fraction)` sets the choices; called by the button that fits the missing runs into a lesson."""
    if toast := st.session_state.pop(TOAST, None):
        st.toast(toast, icon=":material/play_arrow:")
    missing = [planned for planned in plan if not planned.run or planned.run.status in ("stopped", "failed")]
    if is_demo():
        page.notes([IN_A_DEMO] if missing else [])
        return
    if missing:
        _offer_to_train(plan, missing, submit, note, fit)
    earlier = taken(plan, study)
    if not earlier:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        strangers = [run for run in earlier if run.variant_in(study.name) is None]
        if strangers and not missing and st.button("Add them to the study", icon=":material/playlist_add:"):
            submit()
            st.rerun()
        st.caption(
            f"{len(earlier)} of {plural(len(plan), 'run')} had been trained before, on Train or in another study, with "
            "equal settings, images, kind of device, precision and CPU threads."
        )


def _offer_to_train(
    plan: list[PlannedRun], missing: list[PlannedRun], submit: Callable[[], object], note: str, fit: Fit | None
) -> None:
    for planned in {(planned.variant, planned.config.model): planned for planned in missing}.values():
        check(planned.config)
    begun = len(missing) < len(plan)
    label = f"Train the remaining {len(missing)} of {len(plan)} runs" if begun else f"Start {len(plan)} runs"
    expected = estimate.expected_seconds([planned.config for planned in missing])
    if expected is None:
        time, takes = "", "The time could not be estimated: this machine is too busy."
    else:
        time = f": about {seconds(max(1, round(expected)))}"
        takes = f"A{time[3:]} on this machine."
    with stage.kept("start"), st.container(horizontal=True, vertical_alignment="center"):
        many = len(missing) > ASKED_ABOVE
        sure = not many or st.checkbox(f"Yes, train {len(missing)} runs{time}", key="many-runs")
        if st.button(label, type="primary", icon=":material/play_arrow:", disabled=not sure):
            submit()
            st.session_state[TOAST] = f"{plural(len(missing), 'run')} queued."
            st.rerun()
        if fit and not stage.presenting():
            training = missing[0].config.training
            fit_button.offer(expected, training.epochs, training.fraction, fit, "fit-plan")
        st.caption(f"{note}{takes} Finished runs are reused.")
