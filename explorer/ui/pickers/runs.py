"""Pickers for runs, epochs and layers; choices are kept across pages and stored in the link."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from explorer.runs import Run, RunConfig, WeightsSource, epochs_of, list_runs, sample_runs
from explorer.runs.history import has_steps
from explorer.runs.published import PublishedModel, is_published, published_models
from explorer.ui import choices, names, navigation, page, stage
from explorer.ui.components.remembered import remember, remembered
from explorer.ui.markdown import literal
from explorer.ui.pickers import fetching
from explorer.ui.pickers.first_choice import first_choice
from explorer.ui.pickers.offered import Offered, offered

if TYPE_CHECKING:
    from explorer.models.network import Network

OLD_EPOCHS = {"best (validation)": "best", "best (validation accuracy)": "best"}  # in links of 0.1 and 0.2
ASIDE, SUGGESTED = "runs-aside", "runs-suggested"
AT_ONCE = 60  # runs on one page, because all pairs of them are compared


def pick_runs(most: int = AT_ONCE, with_weights: bool = False) -> list[Run]:
    """The runs that the visitor has chosen, by default `first_choice`, from the samples if there are no other runs. If
    there are no samples either, the page ends with a link to continue.

    `with_weights`: the page needs the weights of a whole epoch; otherwise the recorded steps are enough.
    """
    return [run for run in _pick(most, with_weights, []) if isinstance(run, Run)]


def pick_sources(most: int | None = None) -> list[WeightsSource]:
    """Like `pick_runs`, for a page that shows weights and not how they were learned, so that published models fit as
    well. Models that are not on this machine are offered for download and left out."""
    shown = _pick(most, True, published_models())
    missing = [source for source in shown if isinstance(source, PublishedModel) and not source.is_here]
    ready = [source for source in shown if source not in missing]
    for model in missing:
        fetching.offer(model)
    if not ready:
        page.end()
    return ready


def _pick(most: int | None, with_weights: bool, published: Sequence[PublishedModel]) -> list[WeightsSource]:
    trained = [run for run in _not_archived(list_runs()) if run.epochs_done or (not with_weights and has_steps(run))]
    samples = sample_runs()
    there = offered(trained, [*samples, *published])
    if not there.by_id:
        page.empty("There is no trained run yet.", "Train the first run", navigation.HOME)
    _take_suggested(there.by_id)
    placeholder = "Choose runs, or published models" if published else "Choose runs"
    chosen = choices.multiselect(
        "Runs",
        there.keys,
        "runs",
        first_choice(trained or samples, remembered("runs")),
        there.label,
        always=True,
        placeholder=placeholder,
        on_change=_open_study,
        args=(there, most),
        help="Type to search. Choosing a study replaces the current choice with its variants.",
    )
    chosen = there.opened(chosen, None)  # a link may contain a study
    with st.sidebar:  # where it takes no space on the page
        remember("runs", chosen)
    if not trained and not samples and not chosen:
        page.empty("There is no trained run yet.", "Train the first run", navigation.HOME)
    if not chosen:
        page.stop_with("Choose at least one run above.")
    if most and len(chosen) > most:
        stage.say_below(f"This page shows {most} runs at a time: the first {most} of the {len(chosen)} chosen.")
    shown = [there.by_id[run_id] for run_id in chosen][:most]
    names.show(shown)
    _offer_seeds(shown, trained)
    return shown


def _not_archived(runs: list[Run]) -> list[Run]:
    """Without archived runs, unless they have been chosen."""
    chosen = {*choices.value_of("runs", []), *(choices.linked("runs") or ())}
    return [run for run in runs if not run.record.archived or run.id in chosen]


def _open_study(offered: Offered, most: int | None) -> None:
    chosen = st.session_state["runs"]
    if (opened := offered.opened(chosen, most)) != chosen:
        choices.put("runs", opened)


def suggest_runs(run_ids: list[str]) -> None:
    """Choose these runs on the next page that shows them: a visitor who trains runs wants to see them.

    May be called anywhere in a page: the page's own picker of runs, which has been drawn already, does not change.
    """
    st.session_state[SUGGESTED] = run_ids


def _take_suggested(offered: dict[str, WeightsSource]) -> None:
    """Choose what was suggested. A page that shows no published models sets them aside for the next one that does."""
    suggested = st.session_state.pop(SUGGESTED, [])
    if any(run_id in offered for run_id in suggested):
        choices.put("runs", suggested)
    chosen = [*choices.value_of("runs", []), *st.session_state.pop(ASIDE, [])]
    aside = [run_id for run_id in chosen if is_published(run_id) and run_id not in offered]
    st.session_state[ASIDE] = aside
    if chosen:
        choices.put("runs", [run_id for run_id in dict.fromkeys(chosen) if run_id not in aside])


def pick_epoch(chosen: Sequence[WeightsSource]) -> int | str:
    """best, last, or a number of trained epochs that every chosen run has saved; published models have no epochs."""
    saved = [set(epochs_of(source)) for source in chosen if source.has_history]
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
    _offer_epochs(choice, sorted(common), chosen)
    return int(choice) if choice.isdigit() else choice


def _offer_epochs(choice: str, saved: list[int], chosen: Sequence[WeightsSource]) -> None:
    """Let the arrow keys of a presentation step through the saved epochs; best and last are those of the first run."""
    if not saved:
        return
    best = next((run.best_epoch for run in chosen if isinstance(run, Run)), None)
    ends = {"best": best or saved[-1], "last": saved[-1]}
    at = ends[choice] if choice in ends else int(choice)
    nearest = min(range(len(saved)), key=lambda index: abs(saved[index] - at))
    text = choice if choice in ends else f"{choice} of {saved[-1]}"
    stage.offer("epoch", "epoch", list(map(str, saved)), nearest, text)


def _offer_seeds(shown: Sequence[WeightsSource], trained: list[Run]) -> None:
    """Let the arrow keys switch the chosen runs to any other seed that all of them were trained with."""
    chosen = [run for run in shown if isinstance(run, Run)]
    if not chosen or not stage.presenting():
        return
    plans = [(_but_seed(run), run) for run in trained]
    alike = [{run.config.training.seed: run.id for plan, run in plans if plan == _but_seed(one)} for one in chosen]
    seeds, now = sorted(set.intersection(*map(set, alike))), {run.config.training.seed for run in chosen}
    if len(now) == 1 and now <= set(seeds):
        (seed,) = now
        stage.offer("seed", "runs", [[of[each] for of in alike] for each in seeds], seeds.index(seed), str(seed))


def _but_seed(run: Run) -> RunConfig:
    return replace(run.config, training=replace(run.config.training, seed=0))


def epoch_name(epoch: str) -> str:
    """The epoch in words, such as "best"."""
    return {"0": "0 (untrained)"}.get(epoch, epoch)


def pick_layer(
    source: WeightsSource,
    layers: list[str],
    default: str,
    label: Callable[[str], str] | None = None,
    help: str | None = None,
) -> str:
    """A layer of the run's model, each shown as `label` says; runs of the same model share the choice."""
    return layer_of(source.network, source.id, layers, default, label, help)


def layer_of(
    network: "Network",
    name: str,
    layers: list[str],
    default: str,
    label: Callable[[str], str] | None = None,
    help: str | None = None,
) -> str:
    """A layer of a network, or of the run whose id is `name`, by default labelled with its familiar name. A layer
    chosen on one page is chosen on every page that offers it; a link may use either name."""
    from explorer.models.layer_names import known, module_name  # imports torch, which Home must not wait for

    model, key, called = network.model, f"layer-of-{name}", names.shown().get(name, name)
    wanted = module_name(network, kept_layer(model) or "")
    if wanted and wanted not in layers and choices.linked(_layer_key(model)):
        choices.notice(f"{called} has no layer “{wanted}” here. Shown instead: {known(network, default)}.")
    st.session_state[key] = wanted if wanted in layers else default
    return st.selectbox(
        literal(f"Layer of {called}"),
        layers,
        key=key,
        format_func=label or partial(known, network),
        help=help,
        on_change=lambda: keep_layer(model, st.session_state[key]),
    )


def kept_layer(model: str) -> str | None:
    """The layer that was chosen for a model on any page, or that the link names; also keeps it in this page's link."""
    return choices.held(_layer_key(model), f"Layer of {model}") or None


def keep_layer(model: str, name: str) -> None:
    """Choose a layer for all pages; called before they show their pickers."""
    choices.put(_layer_key(model), name)


def _layer_key(model: str) -> str:
    return f"layer-{model}"
