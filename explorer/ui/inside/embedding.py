"""The Embedding page: features, projection and chart, each cached by all that it depends on."""

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
    chance_agreement,
    neighbour_agreement,
    penultimate,
)
from explorer.insights.findings.embedding import Neighbours
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, compute, display, names, page, passes
from explorer.ui.markdown import literal
from explorer.ui.pickers.runs import kept_layer, pick_layer

PCA, TSNE = "PCA", "t-SNE"
LAST = "the last layer's input"


@dataclass(frozen=True)
class Embedded:
    """The features of some validation images in a run's network at an epoch, before its last layer or after another
    one."""

    source: WeightsSource
    epoch: int | str
    data: Dataset
    which: np.ndarray  # int64 (n,): indices of the validation images
    key: tuple  # all that the features depend on
    features: Features

    @property
    def labels(self) -> np.ndarray:
        """The true classes, int64 (n,)."""
        return self.data.validation.labels[self.which]

    @property
    def wrong(self) -> np.ndarray | None:
        """Whether each image is misclassified, bool (n,); None if the network's classes are not those of the images."""
        same = self.source.input_spec.classes == tuple(self.data.classes)
        return self.features.predictions != self.labels if same else None

    def projected(self, perplexity: int | None) -> Projection:
        """The features in two dimensions: by t-SNE, or by PCA, which has no perplexity."""
        return _projected(self, perplexity)


def pick_place(source: WeightsSource) -> str:
    """The layer whose features are shown: LAST, or the layer that was chosen here or on another page."""
    layers = [LAST, *(name for name, shape in compute.shapes(source).items() if len(shape) in (1, 3))]
    if page.presenting():
        wanted = kept_layer(source.config.model)
        return wanted if wanted in layers else LAST
    return pick_layer(source, layers, LAST)


def embedded(source: WeightsSource, epoch: int | str, layer: str, most: int) -> Embedded:
    """The features after `layer` (or LAST) of at most `most` images, computed once for all visitors."""
    data = passes.images_for(source)
    which = passes.some_of(data, most)
    checkpoint = Checkpoint(source, epoch)
    key = ("features", checkpoint, data.fingerprint, len(which), layer)

    def go(progress: passes.Progress) -> Features:
        model, images = cache.model(checkpoint), passes.prepared(source, data, which)
        return penultimate(model, images, progress) if layer == LAST else behind(model, images, layer, progress)

    features = passes.once(key, go, f"Computing the features of {len(which)} images with {names.of(source)} …")
    return Embedded(source, epoch, data, which, key, features)


BY_KEY: cache.HashFuncs = cache.keys() | {Embedded: lambda of: of.key}


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_KEY)
def _agreement(of: Embedded) -> float:
    return neighbour_agreement(of.features.values, of.labels)


@st.cache_data(max_entries=64, show_spinner="Projecting the images …", show_time=True, hash_funcs=BY_KEY)
def _projected(of: Embedded, perplexity: int | None) -> Projection:
    return by_tsne_or_pca(of.features.values, perplexity) if perplexity else by_pca(of.features.values)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_KEY)
def chart(of: Embedded, perplexity: int | None, only_wrong: bool, present: bool) -> dict:
    """The Vega-Lite chart, shared by all visitors and never changed."""
    layout = of.projected(perplexity)
    true_names, class_names = of.data.classes, of.source.input_spec.classes
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
            f"Component 1 ({100 * first:.1f} %)",  # the caption says of what: a phone has no room for it
            f"Component 2 ({100 * second:.1f} %)",
        )
    if only_wrong and of.wrong is not None:
        table = table[table["wrong"]]
    return display.specification(charts.scatter(table, list(true_names), axes, present))


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=BY_KEY)
def _thumbnails(data: Dataset, which: np.ndarray) -> list[str]:
    return [charts.data_url(image) for image in charts.rgb(data.validation.pixels[which])]


def neighbours(of: Embedded) -> Neighbours:
    """What the nearest neighbours of an image have in common, with the network's name."""
    labels, n = of.labels, len(of.labels)
    looked_at = min(NEIGHBOURS, n - 1)
    return Neighbours(names.of(of.source), _agreement(of), chance_agreement(labels), looked_at, n)


def drawn(of: Embedded, perplexity: int | None) -> str:
    """The name of the projection that is shown: PCA if there are too few images for t-SNE."""
    return PCA if of.projected(perplexity).explained else TSNE


def sentence(of: Embedded, perplexity: int | None) -> str:
    """What is shown, with the settings that it depends on."""
    layout, width = of.projected(perplexity), of.features.values.shape[1]
    whole = len(of.data.validation)
    images = f"All {whole:,}" if len(of.which) == whole else f"{len(of.which):,} of the {whole:,}"
    source = f" of {literal(of.data.name)}" if of.wrong is None else ""  # the names of the runs do not say so
    counted = f"{images} validation images" if whole > 1 else "The only validation image"
    text = f"{counted}{source}, {width:,} features{' each' * (whole > 1)}, {of.features.layer_input}"
    if layout.explained:
        text += f"; two components explain {percent(sum(layout.explained))} of the variance"
    else:
        text += f"; perplexity {layout.perplexity:.3g}, seed {SEED}"
    if layout.note:
        text += f". {layout.note.removesuffix('.')}"
    rings = ""
    if of.wrong is not None:
        many = int(of.wrong.sum())
        rings = f" Rings: {many:,} misclassified images." if many else " None of them is misclassified."
        rings = " Ring: the misclassified image." if many == 1 else rings
    return f"{text}.{rings} Hover over a mark to see its image; click a class to see it alone."


def tooltip_style() -> None:
    """Enlarge images under the pointer and keep their pixels sharp."""
    st.html("<style>#vg-tooltip-element img { width: 96px; height: 96px; image-rendering: pixelated; }</style>")
