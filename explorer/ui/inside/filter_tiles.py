"""The filters of a convolution as tiles: those of several runs on one scale, and epoch by epoch as an animation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.filters import filter_norms, filters, layer_statistics
from explorer.runs import Checkpoint, WeightsSource
from explorer.text import plural
from explorer.ui import cache, display, names, page, saving

SHOWN = 64
COLUMNS = 8
SIDE = 48  # approximate size of a kernel on screen, in pixels


@dataclass(frozen=True)
class TileStyle:
    """How kernels are shown: their order, and the input channel whose slice is shown if there are more than three."""

    by_norm: bool
    channel: int | None  # None: for each kernel the slice with the largest norm
    columns: int = COLUMNS

    def tile(self, weights: np.ndarray, limit: float, order: np.ndarray) -> np.ndarray:
        """At most SHOWN kernels as one image, uint8 (H, W, 3), on the scale ±limit."""
        chosen = weights[order[:SHOWN]]
        if chosen.shape[1] > 3:
            slices = self.channel if self.channel is not None else strongest_slices(chosen)
            chosen = chosen[np.arange(len(chosen)), slices][:, None]
        elif chosen.shape[1] == 2:
            chosen = chosen[:, :1]
        factor = max(2, SIDE // weights.shape[-1])
        return charts.grid(charts.filters_rgb(chosen, limit=limit), columns=self.columns, factor=factor, gap=6)

    def order(self, weights: np.ndarray) -> np.ndarray:
        """The kernels in the order in which they are shown."""
        return np.argsort(-filter_norms(weights), kind="stable") if self.by_norm else np.arange(len(weights))


def slices(models: list, layers: list[tuple[str, ...]]) -> int:
    """How many slices every kernel that is not shown in colour has: the smallest number of input channels above three,
    or 0.

    `layers`: for each model, the names of its convolutions that are shown.
    """
    inputs = [
        model.get_submodule(name).weight.shape[1] for model, names in zip(models, layers, strict=True) for name in names
    ]
    return min((count for count in inputs if count > 3), default=0)


def strongest_slices(weights: np.ndarray) -> np.ndarray:
    """For each kernel the input channel whose slice has the largest norm: (out, in, k, k) → int (out,)."""
    return np.linalg.norm(weights.astype(np.float64), axis=(2, 3)).argmax(axis=1)


def beside(
    title: str, chosen: Sequence[WeightsSource], layers: dict[str, str], epoch: int | str, style: TileStyle
) -> None:
    """Show one convolution of each run, side by side on one scale, and its statistics."""
    weights = {source.id: filters(cache.model(Checkpoint(source, epoch)), layers[source.id]) for source in chosen}
    limit = max(float(np.abs(kernels).max()) for kernels in weights.values())
    align = "bottom" if page.presenting() else "top"  # below names of one line or two; on the stage nothing is below
    for column, source in zip(st.columns(len(chosen), vertical_alignment=align), chosen, strict=True):
        kernels = weights[source.id]
        with column:
            page.run_heading(source)
            fitted = replace(style, columns=page.square_on_stage(min(len(kernels), SHOWN), COLUMNS))
            tiled = fitted.tile(kernels, limit, style.order(kernels))
            display.image(tiled, f"{title} of {names.of(source)}: kernels as small images", width="stretch")
            st.caption(_sentence(names.layer(source, layers[source.id]), kernels, style))
    coloured = {kernels.shape[1] == 3 for kernels in weights.values()}
    colours = {True: "red, green and blue are the weights on the three colour channels, grey is zero"}
    colours[False] = "orange: positive weights, blue: negative"
    read = "; ".join(words for kind, words in colours.items() if kind in coloured)
    st.caption(f"One scale for all kernels, ±{number(limit, 2)}; {read}.")


def _sentence(layer: str, kernels: np.ndarray, style: TileStyle) -> str:
    out, inputs, height, width = kernels.shape
    some = f"{SHOWN} of its {out}" if out > SHOWN else str(out)
    norms = filter_norms(kernels)
    which = ""
    if inputs > 3:
        which = " Shown: the strongest slice of each." if style.channel is None else f" Input channel {style.channel}."
    return (
        f"`{layer}`: {some} kernels, {height}×{width}, {plural(inputs, 'input channel')}.{which} "
        f"L2 norms from {number(norms.min(), 2)} to {number(norms.max(), 2)}."
    )


def statistics(source: WeightsSource, epoch: int | str) -> None:
    """Show a table with a row for each convolution of a run."""
    saving.dataframe(
        _statistics(Checkpoint(source, epoch)),
        hide_index=True,
        written=dict.fromkeys(("mean", "std", "min", "max", "mean_norm"), number),
        alt=f"Statistics of the convolutions of {names.of(source)}",
    )


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=cache.keys())
def _statistics(checkpoint: Checkpoint) -> list[dict]:
    rows = layer_statistics(cache.model(checkpoint))
    return [row | {"layer": names.layer(checkpoint.source, str(row["layer"]))} for row in rows]
