"""Whether a person's own picture looks like those that a run was trained on."""

import numpy as np
import streamlit as st

from explorer.data import Dataset, open_image
from explorer.errors import UserError
from explorer.insights.digit_out_of_distribution import DigitOutOfDistributionDetector
from explorer.insights.out_of_distribution import OutOfDistributionDetector, detector_for
from explorer.insights.out_of_distribution_score import OutOfDistributionScore
from explorer.runs import Run
from explorer.runs.published import PublishedRun
from explorer.ui import cache, kept
from explorer.ui.markdown import literal


def score(run: Run, key: str, content: bytes, seen: np.ndarray) -> OutOfDistributionScore | None:
    """How a picture compares with what the run was trained on; None, and a sentence why, if that cannot be known.

    `key`: different for different pictures; `content`: its file; `seen`: what the network sees, uint8 (C, H, W).
    """
    if isinstance(run, PublishedRun):
        st.caption("Not compared with the training images: ImageNet is not here.")
        return None
    try:
        met = cache.met(run)
        if met.changed:
            raise UserError(met.changed)
    except UserError as error:
        st.caption(literal(f"Not compared with the training images: {error}"))
        return None
    return _score(key, met.data.fingerprint, content, seen, met.data)


@kept.of_own()
def _score(key: str, fingerprint: str, _content: bytes, _seen: np.ndarray, _data: Dataset) -> OutOfDistributionScore:
    return _detector(fingerprint, _data).score(_seen, open_image(_content))


@st.cache_resource(max_entries=4, show_spinner="Looking at the training images …")
def _detector(fingerprint: str, _data: Dataset) -> OutOfDistributionDetector | DigitOutOfDistributionDetector:
    return detector_for(_data)
