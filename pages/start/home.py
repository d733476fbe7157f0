"""Home: six questions with pictures of the visitor's own runs, what is running, and the pages last visited."""

import streamlit as st

from explorer.mode import IN_A_DEMO, is_demo
from explorer.runs import Run
from explorer.runs.store import listed
from explorer.text import plural
from explorer.ui import choices, navigation, page, stage
from explorer.ui.home import questions
from explorer.ui.runs.damaged import damaged_runs
from explorer.ui.serving import loading
from explorer.ui.train import demo, live, submission

page.title("What does an architecture change?")
runs = listed()
finished = len(runs.by_status.get("finished", []))
active = bool(runs.active)
if pair := demo.pair(submission.started(submission.DEMO)):
    page.verdict(demo.outcome(*pair))
elif finished:
    training = ", and training continues below" if active else ""
    page.verdict(questions.answer_of(runs) or f"{plural(finished, 'finished run')} to explore{training}.")
else:
    page.verdict("Train two networks on the same handwritten digits and see where they differ.")
with st.container(horizontal=True, vertical_alignment="center"):
    if is_demo():
        st.caption(IN_A_DEMO)
    else:
        with stage.kept("start", width="content"):
            if st.button("Train the demo pair", type="primary", icon=":material/play_arrow:"):
                loading.torch_first()
                demo.submit()
    if not is_demo():
        st.caption("32 layers with and without skip connections, on 1,797 digits: no download, less than a minute.")
submission.show(submission.DEMO)
demo_runs = live.still_there(submission.started(submission.DEMO))


def watched_now() -> list[Run]:
    """The demo pair if this visitor has started it, else what is in training."""
    own = live.still_there(submission.started(submission.DEMO))
    return own or live.watched_of(listed())


if active or demo_runs:
    live.panel(watched_now, gradients=False)
else:
    live.look_out(watched_now, watched_now())

shown = questions.shown_runs(pair, runs)
with st.container(horizontal=True, vertical_alignment="center"):
    st.subheader("Six questions", anchor=False, width="content")
    questions.legend(shown)
with stage.picture() if page.presenting() else st.container():
    questions.show(pair, shown)
if last := [visit for visit in choices.visited() if visit.page in navigation.by_path()]:
    st.subheader("Last visited", anchor=False)
    with st.container(horizontal=True):
        for visit in last:
            entry = navigation.by_path()[visit.page]
            st.page_link(entry.page(), label=entry.title, icon=entry.icon, query_params=visit.query)
st.subheader("All pages", anchor=False)
on_cards = {entry.title for entry, *_ in questions.QUESTIONS}
with st.container(horizontal=True):
    for entries in navigation.PAGES.values():
        for entry in entries:
            if entry is not navigation.HOME and entry.title not in on_cards:
                st.page_link(entry.page(), icon=entry.icon)
damaged_runs()
