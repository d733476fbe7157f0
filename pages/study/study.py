"""Study: choose a question, queue its runs, and read what they show."""

import streamlit as st

from explorer.charts.formatting import seconds
from explorer.runs.check import check
from explorer.studies import submit
from explorer.ui import estimate, frame, navigation, pick, study_live, study_pick, study_view
from explorer.ui.study_frames import View

head = st.container()
study, plan = study_pick.pick()
with head:
    frame.question(study.question)
    answer = st.container()

missing = [one for one in plan if not one.run or one.run.status in ("stopped", "failed")]
st.caption(study_pick.note(study, study_pick.is_quick()))
if missing and not frame.presenting():
    for one in {one.variant: one for one in missing}.values():
        check(one.config)
    there = len(plan) - len(missing)
    label = f"Go on with the study, {len(missing)} of {len(plan)} runs" if there else f"Start {len(plan)} runs"
    time = seconds(max(1, round(estimate.expected_seconds([one.config for one in missing]))))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(label, type="primary", icon=":material/play_arrow:"):
            submit(plan, study)
            st.rerun()
        st.caption(f"About {time} on this machine; what is there already is used again.")
if any(one.run and one.run.status != "finished" for one in plan):
    study_live.panel(plan)

view = View(plan)
if not view.runs:
    with answer:
        frame.answer(f"{len(plan)} runs of {len({one.variant for one in plan})} variants answer it.")
    st.stop()
found = study_view.findings(view)
with answer:
    frame.answer(found[0].sentence if found else f"{len(view.runs)} of {len(plan)} runs have something to show.")
st.subheader("What the runs show", anchor=False)
study_view.pick_log(view)
study_view.show_findings(found, view)
study_view.pictures(view)
study_view.table(view)
with st.container(horizontal=True):
    if st.button("Send to Curves", icon=":material/show_chart:"):
        pick.suggest([run.id for run in view.runs])
        st.switch_page(navigation.CURVES)
    for page in (navigation.GRADIENTS, navigation.FILTERS, navigation.FEATURE_MAPS, navigation.SALIENCY):
        if st.button(page.title, icon=page.icon, help=f"{page.title} of each variant's first seed"):
            pick.suggest([run.id for run in view.first_seeds()])
            st.switch_page(page)
frame.theory(
    f"A study varies one thing, **{study.axis}**, and leaves all else as it is. Every variant is trained with several "
    "**seeds**, which decide the first weights and the order of the images: what differs less between variants than "
    "between seeds may be luck. Accuracy is measured on test images that were looked at once, with the weights of the "
    "best epoch.",
    f"{study.source}; Bouthillier et al. 2021, Accounting for Variance in Machine Learning Benchmarks",
)
