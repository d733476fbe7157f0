"""Transfer: starts from another network, with few and with many images."""

import streamlit as st

from explorer.ui import navigation, page
from explorer.ui.markdown import literal
from explorer.ui.pickers import fetching
from explorer.ui.pickers.runs import suggest_runs
from explorer.ui.study import progress
from explorer.ui.train import start_plan
from explorer.ui.transfer import picker, results
from explorer.ui.transfer.frames import View

page.title("Does it help to start from another network?")
answer = st.container()
transfers = picker.pick()
before = [one for transfer in transfers for one in transfer.before]
plan = [one for transfer in transfers for one in transfer.plan]
every = [*before, *plan]
for run in (absent := picker.unfetched(transfers)):
    fetching.offer(run)
if absent:
    st.stop()

st.caption(picker.note(transfers))
lent = f"{len(before)} of them lend{'s' * (len(before) == 1)} the weights. " if before else ""
start_plan.offer(every, lambda: [transfer.submit() for transfer in transfers], lent)
if any(one.run and one.run.status != "finished" for one in every):
    progress.panel(every)

view = View(transfers)
with answer:
    if not view.begun:
        page.verdict(f"{len(plan)} runs answer it: ways to start, shares of the images, seeds.")
        st.stop()
    page.verdict(results.answer(view))
for remark in view.changed_words():
    st.caption(literal(remark))
results.pictures(view)
results.findings(view)
results.table(view)
with st.container(horizontal=True):
    for entry in (navigation.CURVES, navigation.FILTERS, navigation.SALIENCY):
        if st.button(entry.title, icon=entry.icon, help=f"{entry.title} of the first runs"):
            suggest_runs([run.id for _, run in view.first_seeds(view.shares[0])])
            st.switch_page(entry.page())
page.theory(
    "The **source** has learned from other images. Its weights are the start here: **frozen**, only a linear layer "
    "learns on top of what it sees; **last blocks** lets the layers nearest to the classes adapt; **all layers** "
    "fine-tunes everything. **From scratch** begins at random. However it starts, the head has its own learning rate. "
    "Frozen layers keep the batch-norm statistics of the source. Each smaller share of the images is part of every "
    "larger one, and is the same for all ways to start; what is smaller is seen more often, for as many steps. "
    "**CKA** compares what a layer answers to the same images before and after: 1 is the same up to rotation and "
    "scale. Networks that have learned nothing are alike, too, for they are built alike and see the same images: read "
    "it beside the grey line.",
    "Yosinski et al. 2014, How transferable are features in deep neural networks?; Kornblith et al. 2019, Similarity "
    "of Neural Network Representations Revisited; Kornblith, Shlens & Le 2019, Do Better ImageNet Models Transfer "
    "Better?",
)
