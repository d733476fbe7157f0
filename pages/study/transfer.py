"""Transfer: starts from another network, with few and with many images."""

import streamlit as st

from explorer.text import plural
from explorer.ui import names, navigation, page, stage
from explorer.ui.markdown import literal
from explorer.ui.pickers import fetching
from explorer.ui.pickers.runs import suggest_runs
from explorer.ui.study import pictures, progress
from explorer.ui.train import start_plan
from explorer.ui.transfer import picker, results
from explorer.ui.transfer.frames import View

page.title("Does it help to start from a pretrained network?")
verdict = st.container()
transfers = picker.pick()
before = [planned for transfer in transfers for planned in transfer.before]
plan = [planned for transfer in transfers for planned in transfer.plan]
every = [*before, *plan]
for run in (absent := picker.unfetched(transfers)):
    fetching.offer(run)
if absent:
    page.end()

st.caption(picker.note(transfers))
note = f"Including {plural(len(before), 'run')} for pretraining. " if before else ""
start_plan.offer(every, transfers[0].study, lambda: [transfer.submit() for transfer in transfers], note)
if any(planned.run and planned.run.status != "finished" for planned in every):
    progress.panel(every)
progress.look_out(every, lambda: [planned for transfer in transfers for planned in transfer.every])

view = View(transfers)
names.show(run for _, run in view.begun)
with verdict:
    if not view.begun:
        page.verdict(
            f"0 of {plural(len(every), 'run')} done, no answer yet: trainable layers, shares of images, seeds."
        )
        if page.presenting():
            sketch = pictures.of(transfers[0].study, {})
            with stage.picture():
                st.image(sketch.svg, width="stretch", alt=f"A sketch, without numbers: {sketch.words}")
                stage.words(f"A sketch: {sketch.words[0].lower()}{sketch.words[1:]}.")
        page.end()
    page.verdict(progress.verdict(every, view.found))
for remark in view.changed_words():
    st.caption(literal(remark))
results.show_charts(view)
results.findings(view)
results.table(view)
with st.container(horizontal=True):
    for entry in (navigation.CURVES, navigation.FILTERS, navigation.SALIENCY):
        if st.button(entry.title, icon=entry.icon, help=f"{entry.title} of the first runs"):
            suggest_runs([run.id for _, run in view.first_seeds(view.shares[0])])
            st.switch_page(entry.page())
page.theory(
    "The **source** network was pretrained on other images; its weights are the starting point. **Frozen**: only a new "
    "linear layer is trained on the source's features. **Last blocks**: the layers nearest to the output are trainable "
    "too. **All layers**: the whole network is fine-tuned. **From scratch**: training starts from random weights. In "
    "every variant the head has its own learning rate. Frozen layers keep the batch-norm statistics of the source. "
    "Each smaller share of the images is part of every larger one and is the same for all variants; images of a "
    "smaller share are seen more often, for as many steps. **CKA** compares the outputs of a layer for the same images "
    "before and after training: 1 means the same up to rotation and scale. Untrained networks are similar too, because "
    "they have the same architecture and see the same images: compare CKA with the grey line.",
    "Yosinski et al. 2014, How transferable are features in deep neural networks?; Kornblith et al. 2019, Similarity "
    "of Neural Network Representations Revisited; Kornblith, Shlens & Le 2019, Do Better ImageNet Models Transfer "
    "Better?",
)
