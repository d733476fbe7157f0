"""Shortcut: a network that is right for the wrong reason, in four steps, and a maker of such data."""

import streamlit as st

from explorer.runs import ACTIVE, Run, list_runs
from explorer.runs.names import run_names
from explorer.ui import choices, names, page, stage
from explorer.ui.shortcut import maker
from explorer.ui.shortcut.lesson import Lesson, planted_in
from explorer.ui.shortcut.steps import STEPS
from explorer.ui.train import live

page.title("Is it right for the right reason?")


def trained_now() -> list[Run]:
    """The runs on data with a shortcut."""
    return [run for run in list_runs() if planted_in(run.config.dataset)]


trained = trained_now()
ready = {run.id: run for run in trained if run.epochs_done and run.status not in ACTIVE}
active = [run for run in trained if run.status in ACTIVE]
if not active:
    live.look_out(trained_now, trained)
if not ready:
    page.verdict("Plant a mark that gives the class away, train a network, and find out what it has learned.")
    if trained:
        with stage.picture():
            maker.watch(trained)
    maker.maker(trained)
    page.end()
called = run_names(ready.values())
with st.container(horizontal=True, vertical_alignment="bottom"):
    if len(ready) > 1:
        chosen = choices.selectbox("Network", list(ready), "lesson-run", format_func=called.__getitem__, width=280)
    else:
        chosen = next(iter(ready))
    step = choices.segmented(
        "Step",
        list(STEPS),
        "step",
        format_func=lambda nth: f"{nth}. {STEPS[nth][0]}",
        label_visibility="collapsed",
    )
run = ready[chosen]
names.show([run])
shortcut = planted_in(run.config.dataset)
stage.offer("step", "step", list(STEPS), list(STEPS).index(step))
if shortcut:
    with stage.picture():
        STEPS[step][1](Lesson(run, shortcut))
if not page.presenting():
    with st.container(horizontal=True, vertical_alignment="center"):
        if step < len(STEPS):
            label = f"Next: {STEPS[step + 1][0].lower()}"
            st.button(label, icon=":material/arrow_forward:", on_click=choices.put, args=("step", step + 1))
        page.theory(
            "A **shortcut** is a rule that holds in the training images and nowhere else. A network learns whatever "
            "separates the classes, and the simplest rule first: a mark, a hospital's tag on its X-rays, snow around "
            "huskies. Accuracy on images collected the same way cannot tell it from the rule that was meant.",
            "Geirhos et al. 2020, Shortcut Learning in Deep Neural Networks; Lapuschkin et al. 2019",
        )
    if active:
        maker.watch(active)
    with st.expander("Plant your own shortcut", icon=":material/vpn_key:", expanded=bool(active)):
        maker.maker(trained)
