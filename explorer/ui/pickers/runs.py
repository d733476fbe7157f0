"""What is chosen: runs, image, layer, epoch. One row, in this order on every page, kept, and in the link."""

from collections.abc import Callable

import streamlit as st

from explorer.runs import Run, list_runs, sample_runs, saved_epochs
from explorer.runs.history import has_steps
from explorer.runs.published import PublishedRun, is_published, published_runs
from explorer.ui import choices, names, navigation, page
from explorer.ui.components.remembered import remember, remembered
from explorer.ui.markdown import literal
from explorer.ui.pickers import fetching
from explorer.ui.pickers.first_choice import first_choice
from explorer.ui.pickers.offered import Offered

OLD_EPOCHS = {"best (validation)": "best", "best (validation accuracy)": "best"}  # as links of 0.1 and 0.2 have it
ASIDE, SUGGESTED = "runs-aside", "runs-suggested"


def pick_runs(most: int | None = None, with_weights: bool = False, published: bool = True) -> list[Run]:
    """The runs that the visitor has chosen, at first `first_choice`, of the samples where there is no other run; ends
    the page with a way on if there are none of either.

    `with_weights`: the page looks at weights, not at how they were learned, so that published models fit it too, unless
    `published` says that it needs the images of a run's data set.
    """
    trained = [run for run in _not_archived(list_runs()) if run.epochs_done or (not with_weights and has_steps(run))]
    samples = sample_runs()
    published = published and with_weights
    offered = Offered(trained, [*samples, *(published_runs() if published else [])])
    if not offered.runs:
        page.empty("There is no trained run yet.", "Train the first run", navigation.HOME)
    _take_suggested(offered.runs)
    placeholder = "Choose runs, or published models" if published else "Choose runs"
    chosen = choices.multiselect(
        "Runs",
        offered.keys,
        "runs",
        first_choice(trained or samples, remembered("runs")),
        offered.label,
        always=True,
        placeholder=placeholder,
        wrap=True,
        on_change=_open_study,
        args=(offered, most),
        help="Type to search. The entry of a study shows its variants in place of what is chosen.",
    )
    chosen = offered.opened(chosen, None)  # a link may hold a study
    with st.sidebar:  # where it takes no room from the page
        remember("runs", chosen)
    if not trained and not samples and not chosen:
        page.empty("There is no trained run yet.", "Train the first run", navigation.HOME)
    if not chosen:
        page.stop_with("Choose at least one run above.")
    if most and len(chosen) > most:
        st.caption(f"This page shows {most} runs at a time: the first {most} of the {len(chosen)} chosen.")
    shown = [offered.runs[run_id] for run_id in chosen][:most]
    names.show(shown)
    missing = [run for run in shown if isinstance(run, PublishedRun) and not run.is_here]
    ready = [run for run in shown if run not in missing]
    for run in missing:
        fetching.offer(run)
    if not ready:
        page.end()
    return ready


def _not_archived(runs: list[Run]) -> list[Run]:
    """Without those in the archive, unless they have been chosen."""
    chosen = {*choices.value_of("runs", []), *(choices.linked("runs") or ())}
    return [run for run in runs if not run.record.archived or run.id in chosen]


def _open_study(offered: Offered, most: int | None) -> None:
    chosen = st.session_state["runs"]
    if (opened := offered.opened(chosen, most)) != chosen:
        choices.put("runs", opened)


def suggest_runs(run_ids: list[str]) -> None:
    """Choose these runs on the next page that shows them: somebody who trains wants to see what was trained.

    May be called at any point of a page: its own picker of runs, which is there already, is not changed.
    """
    st.session_state[SUGGESTED] = run_ids


def _take_suggested(offered: dict[str, Run]) -> None:
    """Choose what was suggested. A page that shows no published models sets them aside, for the next one that does."""
    suggested = st.session_state.pop(SUGGESTED, [])
    if any(run_id in offered for run_id in suggested):
        choices.put("runs", suggested)
    chosen = [*choices.value_of("runs", []), *st.session_state.pop(ASIDE, [])]
    aside = [run_id for run_id in chosen if is_published(run_id) and run_id not in offered]
    st.session_state[ASIDE] = aside
    if chosen:
        choices.put("runs", [run_id for run_id in dict.fromkeys(chosen) if run_id not in aside])


def pick_epoch(chosen: list[Run]) -> int | str:
    """best, last, or a number of epochs trained that every chosen run has kept; published models have no epochs."""
    saved = [set(saved_epochs(run)) for run in chosen if not isinstance(run, PublishedRun)]
    common = set.intersection(*saved) if saved else set()
    if chosen and not saved:
        st.selectbox("Epoch", ["as published"], disabled=True)
        return "best"
    choice = choices.selectbox(
        "Epoch",
        ["best", "last", *map(str, sorted(common))],
        "epoch",
        format_func=epoch_name,
        was=OLD_EPOCHS,
        help="best: the epoch with the highest validation accuracy. 0: before training.",
    )
    return int(choice) if choice.isdigit() else choice


def epoch_name(epoch: str) -> str:
    """As it is shown: of which weights they are."""
    return {"0": "0 (untrained)"}.get(epoch, epoch)


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
    """A layer of a model, or of the run whose id is `name`. What was chosen on one page is chosen on every page that
    has the layer."""
    wanted, key, called = kept_layer(model), f"layer-of-{name}", names.shown().get(name, name)
    if wanted and wanted not in layers and choices.linked(_layer_key(model)):
        choices.notice(f"{called} has no layer “{wanted}” here. Shown instead: {default}.")
    st.session_state[key] = wanted if wanted in layers else default
    return st.selectbox(
        literal(f"Layer of {called}"),
        layers,
        key=key,
        format_func=label,
        help=help,
        on_change=lambda: keep_layer(model, st.session_state[key]),
    )


def kept_layer(model: str) -> str | None:
    """The layer that was chosen for a model on any page, or that the link names; the page that asks has it in its
    link."""
    return choices.held(_layer_key(model), f"Layer of {model}") or None


def keep_layer(model: str, name: str) -> None:
    """Choose a layer for all pages; called before they show their pickers."""
    choices.put(_layer_key(model), name)


def _layer_key(model: str) -> str:
    return f"layer-{model}"
