"""Runs: all that was trained, to search, to put in order, and to show on other pages."""

import streamlit as st

from explorer.runs import list_runs, sample_runs
from explorer.runs.names import run_names
from explorer.ui import navigation, page
from explorer.ui.runs import actions, details, filters, table
from explorer.ui.runs.damaged import damaged_runs
from explorer.ui.take_home import bring

page.title("Which runs are there?")
runs = [*list_runs(), *sample_runs()]
if not runs:
    damaged_runs()
    actions.show_outcome()
    actions.trashed()
    bring.offer()
    page.empty("There is no trained run yet.", "Train the first run", navigation.HOME)
names = run_names(runs)
chosen, order = filters.pick_filter(runs)
listed = [run for run in runs if chosen.takes(run, names[run.id])]
shown_names = names | run_names(listed)
filters.say(len(listed), len(runs), chosen)
ordered = filters.in_order(listed, order, shown_names)
selected = table.select(filters.grouped(ordered, order), shown_names)
actions.show_outcome()
if selected:
    with st.container(horizontal=True, vertical_alignment="center"):
        actions.show_elsewhere(selected, ordered, shown_names)
        actions.change(selected)
    if len(selected) == 1:
        details.details(selected[0], shown_names[selected[0].id])
bring.offer()
actions.trashed()
damaged_runs()
