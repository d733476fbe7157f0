"""Charts and images on a page: frames from insights, pictures from charts, alt texts for those who cannot see them."""

import numpy as np
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.insights.gradients import norms_over_time, parameter_table
from explorer.runs import Run
from explorer.runs.weights import build_model
from explorer.ui import frame, load

IMAGE_WIDTH = 1200  # pixels that a tiled picture has at most, before the browser scales it


def chart(picture, alt: str, key: str | None = None) -> None:
    st.altair_chart(picture, width="stretch", alt=alt, key=key)


def image(pixels: np.ndarray, alt: str, width: int | str = "content", caption: str | None = None) -> None:
    """uint8 (H, W, 3), as PNG: pixels stay sharp."""
    st.image(pixels, caption=caption, width=width, output_format="PNG", alt=alt)


def network_input(pixels: np.ndarray, side: int = 256) -> np.ndarray:
    """uint8 (C, H, W) → uint8 (H', W', 3) of about `side` pixels, nearest neighbour."""
    return charts.upscale(charts.rgb(pixels), max(1, side // pixels.shape[-1]))


def live(chosen: list[Run], gradients: bool) -> None:
    """Loss, accuracy and, if wanted, gradient norms of runs that may still be training."""
    begun = [run for run in chosen if len(load.steps(run).step)]
    if not begun:
        return
    steps = pd.concat([_loss_frame(run) for run in begun], ignore_index=True)
    epochs, present = load.epochs(begun), frame.presenting()
    left, right = st.columns(2)
    with left:
        chart(charts.live_curves(steps, epochs, present=present), "Training loss of every step", key="live-loss")
    with right:
        chart(charts.accuracy_curves(epochs, present=present), "Accuracy of every epoch", key="live-accuracy")
    if gradients:
        norms = pd.concat([gradient_lines(run) for run in begun], ignore_index=True)
        chart(
            charts.norm_lines(norms, present=present), "Gradient norm of every layer over the steps", key="live-norms"
        )


def _loss_frame(run: Run) -> pd.DataFrame:
    steps = load.steps(run)
    return pd.DataFrame({"run": run.id, "step": steps.step, "epoch": steps.epoch, "loss": steps.loss})


def gradient_lines(run: Run, points: int = 120) -> pd.DataFrame:
    """The gradient norm of each layer's weights over the steps: run, parameter, kind, depth, step, norm."""
    norms = norms_over_time(load.steps(run), table(run), kinds=["weight"], points=points)
    return norms.assign(run=run.id, kind="weight").rename(columns={"layer": "parameter"})


def table(run: Run) -> pd.DataFrame:
    """Parameter, layer, kind and depth of everything the run learns."""
    return _table(run.id, run)


@st.cache_resource(max_entries=64, show_spinner=False)
def _table(run_id: str, _run: Run) -> pd.DataFrame:
    import torch

    with torch.device("meta"):
        return parameter_table(build_model(_run))
