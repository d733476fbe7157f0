"""Train: choose data, architectures and options; see what it will cost; watch and stop."""

import streamlit as st

from explorer import jobs
from explorer.runs import ACTIVE, RunConfig, list_runs
from explorer.runs.check import check
from explorer.text import plural
from explorer.ui import choices, page
from explorer.ui.pickers.dataset import pick_data
from explorer.ui.pickers.options import model_options, training_options
from explorer.ui.pickers.runs import suggest_runs
from explorer.ui.train import estimate, live
from explorer.ui.train.cluster import where_runs_train
from explorer.ui.train.presets import pick_preset

page.title("How does it learn?")
watched = live.watched(list_runs())
active = [run for run in watched if run.status in ACTIVE]
if active:
    page.verdict(f"{plural(len(active), 'run')} in training or waiting.")
elif watched:
    page.verdict(live.learned(watched[0]))
else:
    page.verdict("Nothing is training. Choose below what to train.")
if watched:
    live.panel([run.id for run in watched])

if not page.presenting():
    from explorer.models import MODELS, describe

    st.subheader("Train more runs", anchor=False)
    pick_preset()
    data, size, skip_damaged = pick_data()
    models = choices.multiselect("Models", list(MODELS), "models", ["simple_cnn"])
    training = training_options()
    configs = []
    for model in models:
        with st.expander(f"Options of {model}", icon=":material/account_tree:"):
            st.caption(describe(model))
            with st.container(horizontal=True, vertical_alignment="bottom"):
                configs.append(RunConfig(data, model, model_options(model), training, size, skip_damaged))
    for config in configs:
        check(config)
    estimate.table(configs)
    if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not configs):
        suggest_runs([jobs.submit(config).id for config in configs])
        st.rerun()
    where_runs_train()
