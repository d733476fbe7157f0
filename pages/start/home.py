"""Home: what one can do here, one button to begin, the runs so far."""

import streamlit as st

from explorer.runs import ACTIVE, list_runs
from explorer.text import plural
from explorer.ui import navigation, page
from explorer.ui.markdown import literal
from explorer.ui.runs_table import damaged_runs, runs_table
from explorer.ui.train import demo, live, submission

page.title("What does an architecture change?")
runs = list_runs()
finished = sum(run.status == "finished" for run in runs)
active = [run.id for run in live.watched(runs) if run.status in ACTIVE]
if pair := demo.pair(submission.started(submission.DEMO)):
    page.verdict(demo.outcome(*pair))
elif finished:
    training = ", and training continues below" if active else ""
    page.verdict(f"{plural(finished, 'finished run')} to explore{training}.")
else:
    page.verdict("Train two networks on the same handwritten digits and see where they differ.")

if st.button("Train the demo pair", type="primary", icon=":material/play_arrow:"):
    demo.submit()
submission.show(submission.DEMO)
demo_runs = live.still_there(submission.started(submission.DEMO))
st.caption(
    "Trains a network of 32 layers twice on the 1,797 real handwritten digits that come with the app, once without its "
    "skip connections: no download, one to two minutes on two cores."
)
if demo_runs or active:
    live.panel([run.id for run in demo_runs] or active, gradients=False)
    with st.container(horizontal=True):
        for entry in (navigation.CURVES, navigation.GRADIENTS, navigation.FILTERS, navigation.SALIENCY):
            st.page_link(entry.page())

if pair:
    with st.grid(4, min_column_width=190, gap="small"):
        for entry, sentence in demo.tour(*pair):
            with st.container(border=True, height="stretch"):
                st.markdown(literal(sentence))
                st.page_link(entry.page())

st.subheader("What you can do here", anchor=False)
with st.grid(3, min_column_width=260, gap="small"):
    for entry, text in (
        (navigation.TRAIN, "**Train** any architecture on any data set, watch it learn, and stop it when you like."),
        (
            navigation.STUDY,
            "**Ask a question** about batch size, depth, kernel size, skip connections …, train the runs and read the "
            "answer.",
        ),
        (navigation.TRANSFER, "**Does it help to start from a pretrained network?** With few images and with many."),
        (navigation.CURVES, "**Compare** loss, accuracy, cost and speed of several runs on shared axes."),
        (navigation.RUNS, "**Find a run again** among hundreds: search, filter, name, tag, archive and delete."),
        (navigation.ARCHITECTURE, "**What is a network made of?** Layers, costs, memory and receptive fields."),
        (navigation.GRADIENTS, "**Do gradients reach the first layer?** Norms of every parameter, at any epoch."),
        (navigation.FILTERS, "**What do filters look for?** The kernels of any convolution, from random to trained."),
        (navigation.FEATURE_MAPS, "**What does a layer see?** Feature maps of any layer, for your own image."),
        (
            navigation.EMBEDDING,
            "**Which images look alike to the network?** Its last layer in two dimensions, mistakes ringed.",
        ),
        (navigation.SALIENCY, "**Where does a prediction come from?** Several methods and models, one scale."),
        (
            navigation.MISTAKES,
            "**What does the network get wrong?** Confused classes, most confident mistakes, calibration.",
        ),
        (navigation.CHECKS, "**Can I trust the explanation?** Four tests of the explanation itself."),
        (navigation.PERCEPTRON, "**What can a single neuron learn?** AND, OR, and why XOR never ends."),
    ):
        with st.container(border=True, height="stretch"):
            st.markdown(text)
            st.page_link(entry.page())

if runs:
    st.subheader("All runs", anchor=False)
    runs_table(runs)
damaged_runs()
