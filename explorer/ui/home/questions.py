"""Six questions that the app can answer, each with a picture from the visitor's own runs, or from the samples."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from html import escape

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts import thumbnails
from explorer.charts.formatting import percent
from explorer.charts.palette import colour, dash
from explorer.runs import ACTIVE, Run, sample_runs
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.listing import Listing
from explorer.runs.names import run_names
from explorer.runs.weights import weights_file
from explorer.samples import CALLED
from explorer.ui import cache, navigation
from explorer.ui.components import card
from explorer.ui.components.card import Card
from explorer.ui.home import gradient_norms, portrait
from explorer.ui.navigation import Entry
from explorer.ui.serving import loading
from explorer.ui.train import demo

Picture = Callable[[list[Run]], str]
LOOK_AGAIN = 2.0  # seconds
TOGETHER = 3  # runs in one picture, at most
NAMED = 3  # architectures in one sentence, at most
QUESTIONS: list[tuple[Entry, str, str]] = [
    (navigation.CURVES, "Which network learns better?", "Validation accuracy, epoch by epoch."),
    (navigation.GRADIENTS, "Do gradients reach the first layer?", "Their norm in each layer, first to last."),
    (navigation.MISTAKES, "What does it get wrong?", "True class by predicted class; bright: often."),
    (navigation.SALIENCY, "Where does a prediction come from?", "A validation image and the map of its prediction."),
    (navigation.FILTERS, "What do filters look for?", "The kernels of the first layer."),
    (navigation.FEATURE_MAPS, "What does a layer see?", "The strongest feature maps of one image."),
]


def shown_runs(pair: list[Run], runs: Listing) -> list[Run]:
    """The runs that the pictures show: the pair; else the newest trained runs that share a data set, or the newest one
    if none do; else the samples."""
    return pair or _newest(runs) or sample_runs()


@lru_cache(maxsize=4)
def _newest(runs: Listing) -> list[Run]:
    trained = [run for run in runs.runs if run.epochs_done and run.status not in ACTIVE and not run.record.archived]
    by_data: dict[str, list[Run]] = {}
    for run in trained:
        by_data.setdefault(run.config.dataset, []).append(run)
    several = (same for same in by_data.values() if len(same) > 1)
    return next(several, trained[:1])[:TOGETHER]


@lru_cache(maxsize=4)
def answer_of(runs: Listing) -> str:
    """`answer` for the runs of a folder, made once while nothing changes in it."""
    return answer(runs.by_status.get("finished", []))


def answer(runs: Iterable[Run]) -> str:
    """How accurate the architectures are on the newest data set that two to NAMED of them were trained on; "" if there
    is none. Curves tests which lead is more than chance; this only states what was measured."""
    by_data: dict[str, dict[str, list[float]]] = {}
    for run in runs:
        if run.status == "finished" and run.test_accuracy is not None:
            models = by_data.setdefault(run.config.dataset, {})
            models.setdefault(run.config.model, []).append(run.test_accuracy)
    data = next((data for data, models in by_data.items() if 2 <= len(models) <= NAMED), "")
    if not data:
        return ""
    each = [
        f"{model} {percent(min(of))}" + (f" to {percent(max(of))} in {len(of)} runs" if len(of) > 1 else "")
        for model, of in sorted(by_data[data].items(), key=lambda item: -max(item[1]))
    ]
    return (
        f"Correct on the test images of {data}: {', '.join(each)}.\n"
        "Curves tests whether a difference is more than chance."
    )


def legend(shown: list[Run]) -> None:
    """Show which run has which colour in all pictures."""
    # Only code that imports torch knows the networks' titles, and Home does not wait for torch.
    quickly = {run.id: run.given_name or CALLED.get(run.id, run.id) for run in shown}
    names = run_names(shown) if loading.has_torch() else quickly
    dots = (
        f'<span style="color:{colour(run.id)}" aria-hidden="true">●</span> {escape(names[run.id])}' for run in shown
    )
    st.html(f"<small>{' &nbsp; '.join(dots)}</small>")


def show(pair: list[Run], shown: list[Run]) -> None:
    """Show the cards; refreshed while a picture is being made."""
    made = cards(pair, shown)
    coming = any(portrait.is_coming(run) for run in shown)
    st.fragment(_show, run_every=LOOK_AGAIN if coming else None)(made, shown, coming)


def _show(made: list[Card], shown: list[Run], were_coming: bool) -> None:
    card.cards(made)
    if were_coming and not any(portrait.is_coming(run) for run in shown):
        st.rerun()


def cards(pair: list[Run], shown: list[Run]) -> list[Card]:
    """The cards; for the demo pair with the four stops of the tour, each a sentence from the pair's own numbers."""
    tour = {entry.title: sentence for entry, sentence in demo.tour(*pair)} if pair else {}
    made = []
    for entry, question, text in QUESTIONS:
        sentence = tour.get(entry.title)
        stop = f"{list(tour).index(entry.title) + 1}. " if sentence else ""
        picture = PICTURES[entry.title](shown) if shown else ""
        key = entry.title.lower().replace(" ", "-")
        made.append(Card(key, entry, f"{stop}{question}", sentence or text, picture, text))
    return made


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=cache.keys("epochs.jsonl"))
def _curves(runs: list[Run]) -> str:
    accuracies = [[row["validation_accuracy"] for row in epoch_rows(run)] for run in runs]
    lines = [thumbnails.Line(of, colour(run.id), dash(run.id)) for run, of in zip(runs, accuracies, strict=True)]
    return thumbnails.lines(lines, 0.0, 1.0)


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=cache.keys("epochs.jsonl"))
def _gradients(runs: list[Run]) -> str:
    lines = []
    for run in runs:
        epoch, norms = gradient_norms.of_weights(run)
        first = norms[epoch == 1]
        if len(first):
            lines.append(thumbnails.Line(np.median(first, axis=0).tolist(), colour(run.id), dash(run.id)))
    return thumbnails.lines(lines, log=True) if lines else ""


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=cache.keys("run.json"))
def _mistakes(runs: list[Run]) -> str:
    matrices = [np.array(run.record.test.confusion) for run in runs if run.record.test and run.record.test.confusion]
    return thumbnails.tiles([thumbnails.mistakes(matrix) for matrix in matrices[:TOGETHER]]) if matrices else ""


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs=cache.keys("epochs.jsonl"))
def _filters(runs: list[Run]) -> str:
    """A picture of the kernels of each run's first convolution; read without torch."""
    from safetensors import SafetensorError, safe_open

    images = []
    for run in runs:
        first = next(
            (name for name in run.record.parameter_names if len(gradient_norms.weight_shapes(run).get(name, ())) == 4),
            None,
        )
        if first is None:
            continue
        try:
            with safe_open(weights_file(run, "best"), "np") as file:
                kernels = charts.filters_rgb(file.get_tensor(first)[:16])
        except (OSError, SafetensorError):
            continue
        images.append(charts.grid(kernels, 4 if len(kernels) > 4 else 2, factor=max(1, 12 // kernels.shape[1])))
    return thumbnails.tiles(images) if images else ""


def _portraits(runs: Sequence[Run]) -> list[portrait.Portrait]:
    """The portraits of the runs; of the samples until one exists."""
    own = [made for run in runs if (made := portrait.of(run))]
    return own or [made for run in sample_runs() if (made := portrait.of(run))]


def _saliency(runs: list[Run]) -> str:
    images = []
    for made in _portraits(runs)[:TOGETHER]:
        ends = charts.limits(made.saliency, signed=bool((made.saliency < 0).any()))
        images.append(charts.overlay(made.image, made.saliency, *ends, strength=0.8))
    return thumbnails.tiles(images) if images else ""


def _feature_maps(runs: list[Run]) -> str:
    found = _portraits(runs)
    if not found:
        return ""
    maps = found[-1].maps
    return thumbnails.tiles(list(charts.sequential(maps, *charts.limits(maps))))


PICTURES: dict[str, Picture] = {
    "Curves": _curves,
    "Gradients": _gradients,
    "Mistakes": _mistakes,
    "Saliency": _saliency,
    "Filters": _filters,
    "Feature maps": _feature_maps,
}
