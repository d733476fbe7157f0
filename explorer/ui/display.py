"""Charts and images on a page: frames and arrays in, alt texts for those who cannot see them."""

import json
import math
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.insights.gradients import norms_over_time, parameter_table
from explorer.runs import ACTIVE, Run
from explorer.ui import cache, names, page
from explorer.ui.curves import last_batch, smoothed_loss

Width = int | Literal["stretch", "content"]

STEPS_DRAWN_ONE_BY_ONE = 200
LIVE_NORMS = 4500  # points of all lines of the live gradient norms together


def chart(altair_chart: alt.Chart, description: str, key: str | None = None) -> None:
    """`show` for a chart of Altair's; `description` is read to those who cannot see it."""
    show(specification(altair_chart), description, key)


def show(specification: dict, description: str, key: str | None = None) -> None:
    """Draw what `specification` made; under the same key, a chart of which only data changed is updated in place."""
    st.vega_lite_chart(with_names(specification), width="stretch", alt=description, key=key)


def with_names(specification: dict) -> dict:
    """The chart with the names of the runs on the page in place of their ids; `specification`, which visitors share, is
    not changed."""
    return charts.with_names(specification, names.shown(), page.presenting())


def specification(altair_chart: alt.Chart) -> dict:
    """A chart as Vega-Lite, its data as DataFrames under names that do not depend on them.

    Streamlit's own way from an Altair chart validates every time, which takes four times as long; charts are
    validated in their tests.
    """
    spec = altair_chart.to_dict(validate=False)
    datasets = spec.pop("datasets", {})
    text = json.dumps(spec)
    for number, name in enumerate(datasets):
        text = text.replace(name, f"data{number}")
    named = {f"data{number}": pd.DataFrame(rows) for number, rows in enumerate(datasets.values())}
    return {**json.loads(text), "datasets": named}


def image(pixels: np.ndarray, alt: str, width: Width = "content", caption: str | None = None) -> None:
    """uint8 (H, W, 3), as PNG: pixels stay sharp."""
    st.image(pixels, caption=caption, width=width, output_format="PNG", alt=alt)


def network_input(pixels: np.ndarray, side: int = 256) -> np.ndarray:
    """uint8 (C, H, W) → uint8 (H', W', 3) of about `side` pixels, nearest neighbour."""
    return charts.upscale(charts.rgb(pixels), max(1, side // pixels.shape[-1]))


def live(chosen: list[Run], gradients: bool) -> None:
    """Loss, accuracy and, if wanted, gradient norms of runs that may still be training.

    No place is kept for the accuracy before an epoch has ended: the gradient norms stand there, or the loss is wide.
    """
    begun = [run for run in chosen if len(cache.steps(run).step)]
    if not begun:
        return
    loss, accuracy, norms = _live(begun, gradients, page.presenting())
    measured = any(run.epochs_done for run in begun)
    left, right = st.columns(2) if measured or norms else (st.container(), st.container())
    with left:
        show(loss, "Training loss of every step", key="live-loss")
    with right:
        if measured:
            show(accuracy, "Accuracy of every epoch", key="live-accuracy")
        elif norms:
            _norms(norms)
        if not measured:
            st.caption("The accuracy follows when the first epoch has ended.")
    if notes := " ".join(filter(None, (smoothed_loss.note(begun), last_batch.note(begun)))):
        st.caption(notes)
    if norms and measured:
        _norms(norms)


def _norms(norms: dict) -> None:
    show(norms, "Gradient norm of every layer over the steps", key="live-norms")
    st.caption("Gradient norm of each layer's weights, at every step.")


def _progress(run: Run) -> int:
    """Changes whenever new steps would move the curves by a pixel or two: at every step of the first 200, then
    whenever there are half a per cent more. Drawing a long run anew each second would cost the cores that train it."""
    steps = len(cache.steps(run).step)
    if run.status not in ACTIVE or steps <= STEPS_DRAWN_ONE_BY_ONE:
        return steps
    return STEPS_DRAWN_ONE_BY_ONE + int(STEPS_DRAWN_ONE_BY_ONE * math.log(steps / STEPS_DRAWN_ONE_BY_ONE))


_BY_PROGRESS: cache.HashFuncs = {Run: lambda run: (str(run.path), _progress(run), cache.stamp(run, "epochs.jsonl"))}


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=_BY_PROGRESS)
def _live(chosen: list[Run], gradients: bool, present: bool) -> tuple[dict, dict, dict | None]:
    """The charts of the live view: loss, accuracy and, if wanted, gradient norms.

    A class that watches the same runs shares them: drawn once, not thirty times.
    """
    steps, epochs = pd.concat([_loss_frame(run) for run in chosen], ignore_index=True), cache.epochs(chosen)
    loss = specification(charts.live_curves(steps, epochs, present=present))
    accuracy = specification(charts.accuracy_curves(epochs, present=present))
    if not gradients:
        return loss, accuracy, None
    layers = sum(table(run)["kind"].eq("weight").sum() for run in chosen)
    points = min(120, max(10, LIVE_NORMS // layers))
    norms = pd.concat([gradient_lines(run, points) for run in chosen], ignore_index=True)
    return loss, accuracy, specification(charts.norm_lines(norms, present=present))


def _loss_frame(run: Run) -> pd.DataFrame:
    steps = cache.steps(run)
    return pd.DataFrame({"run": run.id, "step": steps.step, "epoch": steps.epoch, "loss": steps.loss})


def gradient_lines(run: Run, points: int = 120) -> pd.DataFrame:
    """The gradient norm of each layer's weights over the steps: run, parameter, kind, depth, step, norm."""
    norms = norms_over_time(cache.steps(run), table(run), kinds=["weight"], points=points)
    return norms.assign(run=run.id, kind="weight").rename(columns={"layer": "parameter"})


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def table(run: Run) -> pd.DataFrame:
    """Parameter, layer, kind and depth of everything the run learns."""
    return parameter_table(run.network.on_meta())
