"""Whether an image looks like those that a run was trained on."""

import numpy as np
import streamlit as st

from explorer.data import Dataset
from explorer.errors import UserError
from explorer.insights.familiar import Familiar, Judgement
from explorer.runs import Run
from explorer.ui import load


def judge(run: Run, pixels: np.ndarray) -> Judgement:
    """How an image, uint8 (C, H, W), compares with what the run was trained on; UserError if that has changed."""
    met = load.met(run)
    if met.changed:
        raise UserError(met.changed)
    return _familiar(met.data.fingerprint, met.data).judge(pixels)


@st.cache_resource(max_entries=4, show_spinner="Looking at the training images …")
def _familiar(fingerprint: str, _data: Dataset) -> Familiar:
    return Familiar(_data)
