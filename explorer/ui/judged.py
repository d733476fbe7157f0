"""Whether an image looks like those that a run was trained on."""

import numpy as np
import streamlit as st

from explorer.insights.familiar import Familiar, Judgement
from explorer.runs import Run
from explorer.ui import load


def judge(run: Run, pixels: np.ndarray) -> Judgement:
    """How an image, uint8 (C, H, W), compares with those that the run was trained on."""
    return _familiar(run.config.dataset, run.config.image_size).judge(pixels)


@st.cache_resource(max_entries=4, show_spinner="Looking at the training images …")
def _familiar(name: str, size: int) -> Familiar:
    return Familiar(load.dataset(name, size))
