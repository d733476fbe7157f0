"""What is chosen: runs, image, layer, epoch. One row, in this order on every page, kept, and in the link."""

from collections.abc import Callable

import streamlit as st

from explorer.runs import Run, list_runs, saved_epochs
from explorer.runs.published import PublishedRun, is_published, published_runs
from explorer.ui import navigation, page
from explorer.ui.markdown import literal
from explorer.ui.pickers import fetching

SHOWN_AT_FIRST = 2
ASIDE, SUGGESTED = "runs-aside", "runs-suggested"


def pick_runs(most: int | None = None, with_weights: bool = False, published: bool = True) -> list[Run]:
    """The runs that the visitor has chosen, at first the newest; ends the page with a way on if there are none.

    `with_weights`: the page looks at weights, not at how they were learned, so that published models fit it too, unless
    `published` says that it needs the images of a run's data set.
    """
    own = {run.id: run for run in list_runs() if run.epochs_done or (not with_weights and run.status == "running")}
    published = published and with_weights
    known = own | {run.id: run for run in published_runs()} if published else own
    st.session_state["runs"] = _wanted(known, list(own.values()))
    if known:
        placeholder = "Choose runs, or published models" if published else "Choose runs"
        chosen = st.multiselect(
            "Runs", list(known), key="runs", persist_state="session", placeholder=placeholder, wrap=True
        )
    if not own and not st.session_state["runs"]:
        page.empty("There is no trained run yet.", "Train the first run", navigation.HOME)
    # Not `bind="query-params"`: a first choice that is made here, not by a click, reaches neither link nor next page.
    if st.query_params.get_all("runs") != chosen:
        st.query_params["runs"] = chosen
    if not chosen:
        page.stop_with("Choose at least one run above.")
    if most and len(chosen) > most:
        st.caption(f"This page shows {most} runs at a time: the first {most} of the {len(chosen)} chosen.")
    shown = [known[run_id] for run_id in chosen][:most]
    missing = [run for run in shown if isinstance(run, PublishedRun) and not run.is_here]
    ready = [run for run in shown if run not in missing]
    for run in missing:
        fetching.offer(run)
    if not ready:
        st.stop()
    return ready


def suggest_runs(run_ids: list[str]) -> None:
    """Choose these runs on the next page that shows them: somebody who trains wants to see what was trained.

    May be called at any point of a page: its own picker of runs, which is there already, is not changed.
    """
    st.session_state[SUGGESTED] = run_ids


def _wanted(known: dict[str, Run], own: list[Run]) -> list[str]:
    """What was suggested or chosen so far; on a visitor's first page what the link says, or the newest runs of his own.

    A page that shows no published models sets them aside, for the next one that does.
    """
    suggested = st.session_state.pop(SUGGESTED, [])
    if any(run_id in known for run_id in suggested):
        st.session_state["runs"] = suggested
    first = "runs" not in st.session_state
    before = st.query_params.get_all("runs") if first else st.session_state["runs"]
    wanted = [*before, *st.session_state.pop(ASIDE, [])]
    kept = [run_id for run_id in dict.fromkeys(wanted) if run_id in known]
    st.session_state[ASIDE] = [run_id for run_id in wanted if is_published(run_id) and run_id not in known]
    return kept or (_at_first(own) if first or st.session_state[ASIDE] else [])


def _at_first(own: list[Run]) -> list[str]:
    """The newest runs on the newest run's data set, oldest first."""
    same = [run.id for run in own if run.config.dataset == own[0].config.dataset]
    return same[:SHOWN_AT_FIRST][::-1]


def pick_epoch(chosen: list[Run]) -> int | str:
    """best, last, or a number of epochs trained that every chosen run has kept; published models have no epochs."""
    kept = [set(saved_epochs(run)) for run in chosen if not isinstance(run, PublishedRun)]
    common = set.intersection(*kept) if kept else set()
    if chosen and not kept:
        st.selectbox("Epoch", ["as published"], disabled=True)
        return "best"
    choice = st.selectbox(
        "Epoch",
        ["best", "last", *map(str, sorted(common))],
        key="epoch",
        bind="query-params",
        format_func=epoch_name,
    )
    return int(choice) if choice.isdigit() else choice


def epoch_name(epoch: str) -> str:
    """As it is shown: of which weights they are."""
    return {"best": "best (validation accuracy)", "0": "0 (before training)"}.get(epoch, epoch)


def pick_layer(
    run: Run, layers: list[str], default: str, label: Callable[[str], str] = str, help: str | None = None
) -> str:
    """A layer of the run's model, each shown as `label` says; runs of the same model share the choice."""
    return layer_of(run.config.model, run.id, layers, default, label, help)


def layer_of(
    model: str,
    name: str,
    layers: list[str],
    default: str,
    label: Callable[[str], str] = str,
    help: str | None = None,
) -> str:
    """A layer of a model, shown as `name`. What was chosen on one page is chosen on every page that has the layer."""
    wanted, key = kept_layer(model), f"layer-of-{name}"
    st.session_state[key] = wanted if wanted in layers else default
    return st.selectbox(
        literal(f"Layer of {name}"),
        layers,
        key=key,
        format_func=label,
        help=help,
        on_change=lambda: keep_layer(model, st.session_state[key]),
    )


def kept_layer(model: str) -> str | None:
    """What `keep_layer` has kept for a model, or what the link says; the page that asks has it in its link."""
    link = f"layer-{model}"
    if link not in st.session_state and link in st.query_params:
        st.session_state[link] = st.query_params[link]
    wanted = st.session_state.get(link)
    # Not `bind="query-params"`: a click in a diagram chooses a layer too, and it must be in the link.
    if wanted is not None and st.query_params.get(link) != wanted:
        st.query_params[link] = wanted
    return wanted


def keep_layer(model: str, name: str) -> None:
    """Choose a layer for all pages; called before they draw their pickers."""
    st.session_state[f"layer-{model}"] = name
