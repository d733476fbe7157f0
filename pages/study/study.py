"""Study: choose a question, queue its runs, and read what they show."""

from functools import partial

import streamlit as st

from explorer.studies import match_runs, submit
from explorer.text import plural
from explorer.ui import cache, names, navigation, page, stage
from explorer.ui.pickers.runs import suggest_runs
from explorer.ui.report import lead
from explorer.ui.study import panels, picker, progress, summary, tables
from explorer.ui.study.frames import View
from explorer.ui.train import start_plan
from explorer.ui.train.submission import session

head = st.container()
study, plan = picker.pick(head)
verdict = head.container()

st.caption(picker.note(study, picker.is_quick()))
today = cache.fingerprints(planned.config for planned in plan)
start_plan.offer(
    plan,
    study,
    partial(submit, plan, study, today=today, session=session()),
    fit=partial(picker.fit, study),
)
if any(planned.run and planned.run.status != "finished" for planned in plan):
    with stage.picture() if progress.training(plan) else st.container():
        progress.panel(plan, study)
progress.look_out(plan, partial(match_runs, plan, study, today=today))

view = View(study, plan)
names.show(view.runs)
if not view.runs:
    with verdict:
        variants = len({planned.variant for planned in plan})
        page.verdict(f"0 of {plural(len(plan), 'run')} of {plural(variants, 'variant')} done, no answer yet.")
    panels.show_untrained(view)
    page.end()
with verdict:
    page.verdict(progress.verdict(plan, view.found))
st.subheader("Results so far" if progress.training(plan) else "Results", anchor=False)
summary.show_findings(view)
summary.controls(view)
if not (page.presenting() and progress.training(plan)):  # whose picture is the runs in training
    panels.show_all(view)
st.subheader("Table", anchor=False)
table = tables.runs_table(view)
tables.show(view, table)
with st.container(horizontal=True):
    lead.button(study.name, view.runs)
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
