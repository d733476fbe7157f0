"""Study: choose a question, queue its runs, and read what they show."""

from functools import partial

import streamlit as st

from explorer.studies import submit
from explorer.ui import (
    frame,
    load,
    navigation,
    pick,
    start_plan,
    study_live,
    study_panels,
    study_pick,
    study_tables,
    study_view,
)
from explorer.ui.study_frames import View

head = st.container()
study, plan = study_pick.pick(head)
answer = head.container()

st.caption(study_pick.note(study, study_pick.is_quick()))
start_plan.offer(plan, partial(submit, plan, study, today=load.fingerprints(one.config for one in plan)))
if any(one.run and one.run.status != "finished" for one in plan):
    study_live.panel(plan)

view = View(study, plan)
if not view.runs:
    with answer:
        frame.answer(f"{len(plan)} runs of {len({one.variant for one in plan})} variants answer it.")
    study_panels.show_untrained(view)
    st.stop()
with answer:
    told = f"Of {len(plan)} runs, {len(view.runs)} can be looked at so far."
    frame.answer(view.found[0].sentence if view.found else told)
st.subheader("What the runs show", anchor=False)
study_view.show_findings(view)
study_view.controls(view)
study_panels.show_all(view)
st.subheader("In numbers", anchor=False)
table = study_tables.runs_table(view)
study_tables.show(view, table)
with st.container(horizontal=True):
    if st.button("Send to Curves", icon=":material/show_chart:"):
        pick.suggest([run.id for run in view.runs])
        st.switch_page(navigation.CURVES.page())
    for entry in (navigation.GRADIENTS, navigation.FILTERS, navigation.FEATURE_MAPS, navigation.SALIENCY):
        if st.button(entry.title, icon=entry.icon, help=f"{entry.title} of each variant's first seed"):
            pick.suggest([run.id for run in view.first_seeds()])
            st.switch_page(entry.page())
    st.download_button(
        "Download the numbers",
        lambda: study_tables.archive(view, table),
        f"study-{study.name}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        help="CSV files: variants, runs, every epoch, findings.",
    )
frame.theory(
    f"A study varies one thing, **{study.axis}**, and leaves all else as it is. **Seeds** decide the first weights and "
    "the order of the images: what differs less between variants than between seeds may be luck, and one seed of each "
    "variant cannot say. Accuracy is measured on test images that were looked at once, with the weights of the "
    "best epoch, that with the highest validation accuracy.",
    f"{study.source}; Bouthillier et al. 2021, Accounting for Variance in Machine Learning Benchmarks",
)
