"""Pictures for print."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.charts.images import data_url
from explorer.report import picture


@pytest.mark.parametrize("link", [False, True])
def test_an_image_is_printed_with_sharp_pixels(link):
    """16 × 8 pixels, as wide as a page's text at 300 dpi."""
    pixels = np.random.default_rng(0).integers(0, 255, (8, 16, 3), np.uint8)
    printed = Image.open(io.BytesIO(picture.printed(data_url(pixels) if link else pixels)))
    assert printed.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert printed.width >= picture.INCHES * picture.DPI
    factor = printed.width // 16
    assert (np.asarray(printed)[factor // 2 :: factor, factor // 2 :: factor] == pixels).all()
