"""Report: one file to hand in, of runs or of a study, with the author's own words; anybody can check it."""

import streamlit as st

from explorer.charts.formatting import memory
from explorer.report import build, words
from explorer.report.content import Statement, Table
from explorer.text import plural
from explorer.ui import page
from explorer.ui.markdown import literal
from explorer.ui.report import checking, editor, making, subject

PREVIEW = 530  # pixels

page.title("What do you hand in?")
request = words.with_words(subject.pick())
verdict = st.container()
bar = st.container(horizontal=True, vertical_alignment="center")
left, right = (st.container(), st.container()) if page.presenting() else st.columns([2, 1])
with right:
    request = subject.pick_title(request)
if not (made := making.is_made(request)):
    with bar:
        if st.button("Make the report", type="primary", icon=":material/description:", key="make-report"):
            st.button("Stop", icon=":material/stop:", key="stop-report")
            making.make(request)
            st.rerun()
with left:
    picture, _ = page.picture_first()
if not made:
    contents = build.contents(request)
    with verdict:
        parts = plural(len(contents), "part")
        page.verdict(f"A report on {plural(len(request.runs), 'run')}, in {parts}: it has not been made yet.")
    with picture, st.container(border=True, height="content" if page.presenting() else PREVIEW):
        st.markdown(f"**{literal(build.title(request))}**")
        st.markdown("\n".join(f"- {literal(title)}: {literal(what)}" for title, what in contents))
    checking.offer()
    page.end()
report = making.make(request)
file = making.page_of(report)
blocks = [block for section in report.sections for block in section.blocks]
tables = sum(isinstance(block, Table) for block in blocks)
findings = sum(isinstance(block, Statement) for block in blocks)
figures = making.figures(report)
counted = f"{plural(len(figures), 'figure')}, {plural(tables, 'table')} and {plural(findings, 'finding')}"
with verdict:
    page.verdict(f"{counted}, {memory(len(file.encode()))}: {report.title.rstrip('.?!')}.")
with bar:
    st.download_button(
        "Download as one file", file, "report.html", "text/html", icon=":material/download:", on_click="ignore"
    )
    st.download_button(
        "Download as a folder",
        lambda: making.zip_of(report),
        "report.zip",
        "application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="Markdown with the figures as SVG and PNG and the tables as CSV.",
    )
with right:
    editor.write(request, figures)
with picture:
    st.iframe(file, height=PREVIEW, alt=f"The report: {literal(report.title)}")
checking.offer()
page.theory(
    "Every number and figure in the file names the run and the file that it comes from, with its hash. "
    "`python -m explorer verify report.html` computes each line again from the runs and names those that differ: a "
    "changed digit, a swapped picture, a run edited by hand. Your own words are not checked.",
    "Gundersen & Kjensmo 2018, State of the Art: Reproducibility in Artificial Intelligence",
)
