"""Embeddings as the Embedding page shows them: features, projection and chart, each cached on what it depends on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import percent
from explorer.data import Dataset
from explorer.insights.embedding import (
    NEIGHBOURS,
    SEED,
    Features,
    Projection,
    behind,
    by_pca,
    by_tsne_or_pca,
    neighbour_agreement,
    penultimate,
)
from explorer.runs import Checkpoint, Run
from explorer.ui import cache, compute, display, names, page, passes
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import kept_layer, pick_layer

PCA, TSNE = "PCA", "t-SNE"
LAST = "the last layer's input"


@dataclass(frozen=True)
class Embedded:
    """What some validation images are to a run's network at an epoch, before its last layer or behind another."""

    run: Run
    epoch: int | str
    data: Dataset
    which: np.ndarray  # int64 (n,): the validation images
    key: tuple  # all that the features depend on
    features: Features

    @property
    def labels(self) -> np.ndarray:
        """int64 (n,)"""
        return self.data.validation.labels[self.which]

    @property
    def wrong(self) -> np.ndarray | None:
        """bool (n,); None where the network's classes are not those of the images."""
        same = self.run.input_spec.classes == tuple(self.data.classes)
        return self.features.predictions != self.labels if same else None

    @property
    def agreement(self) -> float:
        """Of the nearest neighbours of an image, with all features, the share that have its class; NaN without any."""
        return _agreement(self)

    @property
    def neighbours(self) -> int:
        """How many nearest neighbours are looked at: NEIGHBOURS, or as many as there are."""
        return min(NEIGHBOURS, len(self.which) - 1)

    def projected(self, method: str, perplexity: int) -> Projection:
        """The features in two dimensions; `perplexity` is t-SNE's alone."""
        return _projected(self, method, perplexity if method == TSNE else 0)


def pick_place(run: Run) -> str:
    """Where in the network the images are looked at: LAST, or the layer that was chosen here or on another page."""
    layers = [LAST, *(name for name, shape in compute.shapes(run).items() if len(shape) in (1, 3))]
    if page.presenting():
        wanted = kept_layer(run.config.model)
        return wanted if wanted in layers else LAST
    return pick_layer(run, layers, LAST)


def embedded(run: Run, epoch: int | str, layer: str, most: int) -> Embedded:
    """The features behind `layer` (or LAST) of at most `most` images, computed once for all visitors."""
    data = passes.images_for(run)
    which = passes.some_of(data, most)
    checkpoint = Checkpoint(run, epoch)
    key = ("features", checkpoint, data.fingerprint, len(which), layer)

    def go(progress: passes.Progress) -> Features:
        model, images = cache.model(checkpoint), passes.prepared(run, data, which)
        return penultimate(model, images, progress) if layer == LAST else behind(model, images, layer, progress)

    features = passes.once(key, go, f"Computing the features of {len(which)} images with {names.of(run)} …")
    return Embedded(run, epoch, data, which, key, features)


BY_KEY: cache.HashFuncs = cache.keys() | {Embedded: lambda of: of.key}


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_KEY)
def _agreement(of: Embedded) -> float:
    return neighbour_agreement(of.features.values, of.labels)


@st.cache_data(max_entries=64, show_spinner="Projecting the images …", show_time=True, hash_funcs=BY_KEY)
def _projected(of: Embedded, method: str, perplexity: int) -> Projection:
    return by_tsne_or_pca(of.features.values, perplexity) if method == TSNE else by_pca(of.features.values)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_KEY)
def chart(of: Embedded, method: str, perplexity: int, only_wrong: bool, present: bool) -> dict:
    """The Vega-Lite chart, shared by all visitors and never changed."""
    layout = of.projected(method, perplexity)
    true_names, class_names = of.data.classes, of.run.input_spec.classes
    table = pd.DataFrame(
        {
            "x": layout.xy[:, 0].round(4),
            "y": layout.xy[:, 1].round(4),
            "image": _thumbnails(of.data, of.which),
            "number": of.which + 1,
            "class": [true_names[label] for label in of.labels],
            "predicted": [class_names[each] for each in of.features.predictions],
            "wrong": False if of.wrong is None else of.wrong,
        }
    )
    axes = (f"{TSNE} dimension 1 (no unit)", f"{TSNE} dimension 2 (no unit)")
    if layout.explained:
        first, second = layout.explained
        axes = (
            f"Component 1 ({100 * first:.1f} % of the variance)",
            f"Component 2 ({100 * second:.1f} % of the variance)",
        )
    if only_wrong and of.wrong is not None:
        table = table[table["wrong"]]
    return display.specification(charts.scatter(table, list(true_names), axes, present))


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_KEY)
def _thumbnails(data: Dataset, which: np.ndarray) -> list[str]:
    return [charts.data_url(image) for image in charts.rgb(data.validation.pixels[which])]


def verdict(of: Embedded) -> str:
    """How well neighbours agree, and how many of the images are mistaken."""
    text = f"{names.of(of.run)}: {_agreeing(of)}"
    if of.wrong is None:
        return f"{text}."
    many, n = int(of.wrong.sum()), len(of.which)
    if not many:
        return f"{text}; all are classified correctly."
    return f"{text}; {f'{many} of {n:,} images' if n > 1 else 'it'} {'is' if many == 1 else 'are'} misclassified."


def drawn(of: Embedded, method: str, perplexity: int) -> str:
    """The projection that is shown: too few images get PCA where t-SNE is wanted."""
    return PCA if of.projected(method, perplexity).explained else TSNE


def _agreeing(of: Embedded) -> str:
    if of.neighbours < 1:
        return "one validation image has no neighbour"
    if of.neighbours == 1:
        return f"the two images have {'the same class' if of.agreement == 1 else 'different classes'}"
    agree = f"{percent(of.agreement)} have its class"
    if of.neighbours < NEIGHBOURS:
        return f"of the {of.neighbours} other images, {agree}"
    return f"of the {NEIGHBOURS} nearest neighbours of an image, {agree}"


def sentence(of: Embedded, method: str, perplexity: int) -> str:
    """What is drawn, with the settings that it depends on."""
    layout, width = of.projected(method, perplexity), of.features.values.shape[1]
    whole = len(of.data.validation)
    images = f"All {whole:,}" if len(of.which) == whole else f"{len(of.which):,} of the {whole:,}"
    source = f" of {literal(of.data.name)}" if of.wrong is None else ""  # which no run's name says
    counted = f"{images} validation images" if whole > 1 else "The only validation image"
    text = f"{counted}{source}, {width:,} features{' each' * (whole > 1)}, {of.features.layer_input}"
    if layout.explained:
        text += f"; two components explain {percent(sum(layout.explained))} of the variance"
    else:
        text += f"; perplexity {layout.perplexity:.3g}, seed {SEED}"
    if layout.note:
        text += f". {layout.note.removesuffix('.')}"
    rings = "Rings: misclassified images." if of.wrong is not None else ""
    return f"{text}. {rings} Hover over a mark to see its image; click a class to see it alone."


def tooltip_style() -> None:
    """Images under the pointer are enlarged with their pixels sharp."""
    st.html("<style>#vg-tooltip-element img { width: 96px; height: 96px; image-rendering: pixelated; }</style>")
