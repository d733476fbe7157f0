"""The names of the runs on a page: each is called by what sets it apart among the runs that the page shows.

A page declares once which runs it shows; all its texts and charts then use the same names. Ids still identify runs:
colours, links and clicks use them.
"""

import re
from collections.abc import Iterable

import streamlit as st

from explorer.runs import WeightsSource
from explorer.runs.names import run_names

SHOWN = "names"  # key of the session state: id → name, of the runs on the page


def forget() -> None:
    """Start a page: it shows no runs yet."""
    st.session_state[SHOWN] = {}


def show(sources: Iterable[WeightsSource]) -> None:
    """Declare that the page shows exactly these runs and published models."""
    st.session_state[SHOWN] = run_names(sources)


def shown() -> dict[str, str]:
    """id → name, of the runs on the page."""
    return st.session_state.get(SHOWN, {})


def of(source: WeightsSource) -> str:
    """The name of a run on this page; if the page has not declared the run, the name that it has on its own."""
    return shown().get(source.id) or run_names([source])[source.id]


def layer(source: WeightsSource, name: str) -> str:
    """The familiar name of a layer of the run's network, or of a parameter."""
    from explorer.models.layer_names import known  # imports torch, which Home must not wait for

    return known(source.network, name)


def in_files(source: WeightsSource) -> str:
    """The name of a run for use in a file name, such as "simple_cnn-seed-1"."""
    return re.sub(r"[^\w.+-]+", "-", of(source)).strip("-.") or source.id


def in_sentence(sentence: str, source: WeightsSource) -> str:
    """A sentence about a run, made where the other shown runs are not known, with the run's name in place of its id."""
    return sentence.replace(source.id, of(source))
