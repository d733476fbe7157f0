"""What the runs on a page are called: each by what sets it apart among those that the page shows.

A page says once which runs it shows; then each of its texts and charts calls a run by the same name. Ids stay what
identifies a run: colours, links and clicks hold them.
"""

import re
from collections.abc import Iterable

import streamlit as st

from explorer.runs import WeightsSource
from explorer.runs.names import run_names

SHOWN = "names"  # in the session: id → name, of the runs on the page


def forget() -> None:
    """A page begins: it shows no runs yet."""
    st.session_state[SHOWN] = {}


def show(sources: Iterable[WeightsSource]) -> None:
    """The page shows these runs and published models, and no others."""
    st.session_state[SHOWN] = run_names(sources)


def shown() -> dict[str, str]:
    """id → name, of the runs on the page."""
    return st.session_state.get(SHOWN, {})


def of(source: WeightsSource) -> str:
    """The name of a run; of one that the page has not said it shows, what it is called alone."""
    return shown().get(source.id) or run_names([source])[source.id]


def layer(source: WeightsSource, name: str) -> str:
    """What people call a layer of its network, or a parameter of one."""
    from explorer.models.layer_names import known  # imports torch, which Home is not to wait for

    return known(source.network, name)


def in_files(source: WeightsSource) -> str:
    """The name of a run in the name of a file: "simple_cnn-seed-1"."""
    return re.sub(r"[^\w.+-]+", "-", of(source)).strip("-.") or source.id


def in_sentence(sentence: str, source: WeightsSource) -> str:
    """A sentence on a run that was made where nobody knew which others are shown: with its name in place of its id."""
    return sentence.replace(source.id, of(source))
