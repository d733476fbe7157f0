"""Which layers of the chosen networks correspond to each other on the Gradients page."""

import pandas as pd
import streamlit as st

from explorer.insights import matching
from explorer.runs import Run
from explorer.ui import cache, display, names


def rows(frame: pd.DataFrame, runs: list[Run]) -> pd.DataFrame:
    """For several networks, the table with the columns matched and row, as charts of gradients need them; for one
    network unchanged."""
    if len({run.network for run in runs}) < 2:
        return frame
    of_run = {run.id: _roles(run) for run in runs}
    shared = matching.rows(list(of_run.values()))
    order = {role: index for index, role in enumerate(shared)}
    role = [of_run[run][layer] for run, layer in zip(frame["run"], frame["layer"], strict=True)]
    own = frame["parameter"].str.rpartition(".")[2]
    return frame.assign(
        matched=[f"{matching.label(shared[of])}.{name}" for of, name in zip(role, own, strict=True)],
        row=[order[of] + (name != "weight") / 2 for of, name in zip(role, own, strict=True)],
    )


def note(runs: list[Run]) -> str:
    """A sentence on how many layers with weights correspond, with the rule; "" for equal networks."""
    if len({run.network for run in runs}) < 2:
        return ""
    weighted = {run.id: set(display.table(run).query("kind == 'weight'")["layer"]) for run in runs}
    of_run = [{layer: role for layer, role in _roles(run).items() if layer in weighted[run.id]} for run in runs]
    shared = matching.rows(of_run)
    whole = sum(None not in layers for layers in shared.values())
    rest = "" if whole == len(shared) else "; the other layers match none"
    return f"{matching.RULE} At {whole} of {len(shared)} positions every network has a layer{rest}."


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def _roles(run: Run) -> dict[str, matching.Role]:
    """Role of each layer, by its familiar name."""
    found = matching.roles(run.network.on_meta(), run.network.channels, run.network.size)
    return {names.layer(run, layer): role for layer, role in found.items()}
