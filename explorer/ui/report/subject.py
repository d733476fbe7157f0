"""What the report is about: chosen runs, a study at one of its sizes, or a lecture; with title, names and date."""

from dataclasses import replace
from datetime import UTC, date, datetime

import streamlit as st

from explorer.errors import UserError
from explorer.report import request as requests
from explorer.report.content import Request
from explorer.runs import list_runs
from explorer.studies import STUDIES
from explorer.ui import choices, names, navigation, page
from explorer.ui.lecture import session
from explorer.ui.pickers.runs import pick_runs
from explorer.ui.report.lead import ABOUT, LECTURE, RUNS, SIZE, STUDY

KINDS = {RUNS: "Runs", "study": "A study", LECTURE: "A lecture"}


def pick() -> Request:
    """The request, from a row of choices; ends the page if there is nothing to report on. Title and names are set
    later."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        about = choices.segmented("About", list(KINDS), ABOUT, format_func=KINDS.__getitem__)
        if about == "study":
            return _study()
        if about == LECTURE:
            return _lecture()
        with st.container(width=560):
            chosen = [run for run in pick_runs() if run.epochs_done]
    if not chosen:
        page.stop_with("The chosen runs have not finished an epoch yet: wait a moment.")
    return requests.of_runs([run.id for run in chosen])


def _lecture() -> Request:
    default = session.OWN if session.own() else session.SAMPLE_NAME
    which = choices.selectbox(
        "Lecture", list(session.LECTURES), session.WHICH, default, session.LECTURES.__getitem__, width=320
    )
    lecture = session.lecture_of(which)
    if not lecture or not lecture.views:
        page.empty("Your own lecture has no view yet.", "Put a lecture together", navigation.LECTURE)
    return requests.of_a_lecture(lecture)


def _study() -> Request:
    finished = {record.name for run in list_runs() if run.status == "finished" for record in run.studies}
    offered = [name for name in STUDIES if name in finished]
    if not offered:
        page.empty("No study has a finished run yet.", "Choose a study", navigation.STUDY)
    study = choices.selectbox("Study", offered, STUDY, width=260, always=True)
    sizes = requests.study_sizes(study)
    labels = {requests.size_key(runs): label for label, runs in sizes}
    by_size = {requests.size_key(runs): runs for _, runs in sizes}
    alone = len(sizes) == 1
    size = choices.selectbox("Size", list(by_size), SIZE, format_func=labels.__getitem__, hidden=alone, width=320)
    names.show(by_size[size])
    return requests.of_a_study(study, chosen=[run.id for run in by_size[size]])


def pick_title(request: Request) -> Request:
    """The request with the title, names and date that the visitor types. Raises UserError if the date is not valid."""
    title = choices.text_input("Title", "report-title", most=200)
    authors = choices.text_input("Names", "report-authors", most=200, placeholder="Ada Lovelace")
    written = choices.text_input("Date", "report-date", datetime.now(UTC).date().isoformat(), most=10)
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise UserError(f"{written or 'Nothing'} is not a date: write it as 2026-11-26.") from None
    return replace(request, title=title.strip(), authors=authors.strip(), date=day.isoformat())
