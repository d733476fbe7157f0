"""What is chosen: runs, image, layer, epoch. One row, in this order on every page, kept, and in the link."""

import streamlit as st

from explorer.runs import Run, list_runs, saved_epochs
from explorer.ui import frame, navigation

SHOWN_AT_FIRST = 2


def runs(most: int | None = None, with_weights: bool = False) -> list[Run]:
    """The runs that the visitor has chosen, at first the newest; ends the page with a way on if there are none."""
    known = {run.id: run for run in list_runs() if run.epochs_done or (not with_weights and run.status == "running")}
    if not known:
        frame.empty("There is no trained run to show yet.", "Train the first one", navigation.HOME)
    st.session_state["runs"] = _wanted(known)
    chosen = st.multiselect(
        "Runs", list(known), key="runs", persist_state="session", placeholder="Choose runs", wrap=True
    )
    # Not `bind="query-params"`: a first choice that is made here, not by a click, reaches neither link nor next page.
    if st.query_params.get_all("runs") != chosen:
        st.query_params["runs"] = chosen
    if not chosen:
        frame.stop_with("Choose at least one run above.")
    if most and len(chosen) > most:
        st.caption(f"This page shows {most} runs at a time: the first {most} of the {len(chosen)} chosen.")
    return [known[run_id] for run_id in chosen][:most]


def suggest(run_ids: list[str]) -> None:
    """Choose these runs on the next page that shows runs: somebody who trains wants to see what he trained."""
    st.session_state["runs"] = run_ids


def _wanted(known: dict[str, Run]) -> list[str]:
    """The choice so far; on a visitor's first page what the link says, or the newest runs."""
    if "runs" in st.session_state:
        return [run_id for run_id in st.session_state["runs"] if run_id in known]
    linked = [run_id for run_id in st.query_params.get_all("runs") if run_id in known]
    return linked or _at_first(list(known.values()))


def _at_first(known: list[Run]) -> list[str]:
    """The newest runs on the newest run's data set, oldest first."""
    same = [run.id for run in known if run.config.dataset == known[0].config.dataset]
    return same[:SHOWN_AT_FIRST][::-1]


def epoch(chosen: list[Run]) -> int | str:
    """best, last, or a number of epochs trained that every chosen run has kept."""
    common = set.intersection(*(set(saved_epochs(run)) for run in chosen)) if chosen else set()
    choice = st.selectbox(
        "Epoch",
        ["best", "last", *map(str, sorted(common))],
        key="epoch",
        bind="query-params",
        format_func=lambda name: {"best": "best (validation)", "last": "last", "0": "0 (untrained)"}.get(name, name),
    )
    return int(choice) if choice.isdigit() else choice


def layer(run: Run, layers: list[str], default: str) -> str:
    """A layer of the run's model; runs of the same model share the choice."""
    return layer_of(run.config.model, run.id, layers, default)


def layer_of(model: str, name: str, layers: list[str], default: str) -> str:
    """A layer of a model, shown as `name`. What was chosen on one page is chosen on every page that has the layer."""
    link, key = f"layer-{model}", f"layer-of-{name}"
    if link not in st.session_state and link in st.query_params:
        st.session_state[link] = st.query_params[link]
    wanted = st.session_state.get(link)
    st.session_state[key] = wanted if wanted in layers else default
    chosen = st.selectbox(
        f"Layer of {name}", layers, key=key, on_change=lambda: keep_layer(model, st.session_state[key])
    )
    # Not `bind="query-params"`: a click in a diagram chooses a layer too, and it must be in the link.
    if wanted is not None and st.query_params.get(link) != wanted:
        st.query_params[link] = wanted
    return chosen


def keep_layer(model: str, name: str) -> None:
    """Choose a layer for all pages; called before they draw their pickers."""
    st.session_state[f"layer-{model}"] = name


PREDICTED = "predicted"


def target(classes: tuple[str, ...]) -> str:
    """The class to explain: the predicted one, or one of the classes."""
    return st.selectbox("Explain class", [PREDICTED, *classes], key="target", bind="query-params")


def class_index(classes: tuple[str, ...], wanted: str) -> int | None:
    """The index of the class to explain; None for the predicted one, also where a run does not know the class."""
    return classes.index(wanted) if wanted in classes else None
