"""Whether a visitor's own image looks like those that a run was trained on."""

import streamlit as st

from explorer.data import Dataset, open_image
from explorer.errors import UserError
from explorer.insights.digit_out_of_distribution import DigitOutOfDistributionDetector
from explorer.insights.out_of_distribution import OutOfDistributionDetector, detector_for
from explorer.insights.out_of_distribution_score import OutOfDistributionScore
from explorer.runs import WeightsSource
from explorer.ui import cache, image_cache, names
from explorer.ui.markdown import literal
from explorer.ui.pickers.input_image import BY_IMAGE, OwnImage


def score(source: WeightsSource, image: OwnImage) -> OutOfDistributionScore | None:
    """How an image compares with the training images; if that cannot be known, says why and returns None."""
    try:
        met = cache.met(source)
        if met.changed:
            raise UserError(names.in_sentence(met.changed, source))
    except UserError as error:
        st.caption(literal(f"Not compared with the training images: {error}"))
        return None
    return _score(image, met.data)


@image_cache.of_own(hash_funcs=BY_IMAGE)
def _score(image: OwnImage, data: Dataset) -> OutOfDistributionScore:
    return _detector(data).score(image.prepared(data.input_spec), open_image(image.content))


@st.cache_resource(max_entries=4, show_spinner="Reading the training images …", hash_funcs=cache.keys())
def _detector(data: Dataset) -> OutOfDistributionDetector | DigitOutOfDistributionDetector:
    return detector_for(data)
