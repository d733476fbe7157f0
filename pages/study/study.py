"""Study: choose a question, queue its runs, and read what they show."""

from functools import partial

import streamlit as st

from explorer.studies import submit
from explorer.ui import cache, names, navigation, page
from explorer.ui.pickers.runs import suggest_runs
from explorer.ui.study import panels, picker, progress, summary, tables
from explorer.ui.study.frames import View
from explorer.ui.train import start_plan

head = st.container()
study, plan = picker.pick(head)
verdict = head.container()

st.caption(picker.note(study, picker.is_quick()))
start_plan.offer(plan, partial(submit, plan, study, today=cache.fingerprints(planned.config for planned in plan)))
if any(planned.run and planned.run.status != "finished" for planned in plan):
    progress.panel(plan)

view = View(study, plan)
names.show(view.runs)
if not view.runs:
    with verdict:
        page.verdict(f"This study trains {len(plan)} runs of {len({planned.variant for planned in plan})} variants.")
    panels.show_untrained(view)
    page.end()
with verdict:
    message = f"{len(view.runs)} of {len(plan)} runs have results so far."
    page.verdict(view.found[0].sentence if view.found else message)
st.subheader("Results", anchor=False)
summary.show_findings(view)
summary.controls(view)
panels.show_all(view)
st.subheader("Table", anchor=False)
table = tables.runs_table(view)
tables.show(view, table)
with st.container(horizontal=True):
    if st.button("Open in Curves", icon=":material/show_chart:"):
        suggest_runs([run.id for run in view.runs])
        st.switch_page(navigation.CURVES.page())
    for entry in (navigation.GRADIENTS, navigation.FILTERS, navigation.FEATURE_MAPS, navigation.SALIENCY):
        if st.button(entry.title, icon=entry.icon, help=f"{entry.title} of each variant's first seed"):
            suggest_runs([run.id for run in view.first_seeds()])
            st.switch_page(entry.page())
    st.download_button(
        "Download the numbers",
        lambda: tables.archive(view, table),
        f"study-{study.name}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        help="CSV files: variants, runs, every epoch, findings.",
    )
page.theory(
    f"A study varies one factor, **{study.axis}**, and keeps everything else constant. **Seeds** determine the initial "
    f"weights and the order of the images: a difference between variants that is smaller than the spread between seeds "
    f"may be chance, and one seed of each variant cannot show which. Accuracy is measured on test images that are used "
    f"once, with the weights of the best epoch, the one with the highest validation accuracy.",
    f"{study.source}; Bouthillier et al. 2021, Accounting for Variance in Machine Learning Benchmarks",
)
