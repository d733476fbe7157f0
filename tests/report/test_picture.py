"""Pictures for print."""

import io
import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from explorer.charts.images import data_url
from explorer.report import picture


def test_names_at_the_side_have_room_for_wider_letters():
    """As wide as DejaVu's, the widest that browsers write charts in: 0.1 em more a letter than the layout's."""

    def left(name):
        values = pd.DataFrame({"norm": [1.0], "parameter": [name]})
        drawn = picture.svg_of(
            {
                "data": {"name": "values"},
                "datasets": {"values": values},
                "mark": "point",
                "encoding": {"x": {"field": "norm", "type": "quantitative"}, "y": {"field": "parameter"}},
            },
            "names",
        )
        first, _, width, _ = map(float, re.search(r'viewBox="([^"]*)"', drawn)[1].split())
        assert f'<rect x="{first:g}" width="{width:g}"' in drawn, "white behind all of it"
        return first

    assert left("stage2.block1.conv1.weight") <= -26 * 0.1 * 14
    assert left("fc") >= -10


@pytest.mark.parametrize("link", [False, True])
def test_an_image_is_printed_with_sharp_pixels(link):
    """16 × 8 pixels, as wide as a page's text at 300 dpi."""
    pixels = np.random.default_rng(0).integers(0, 255, (8, 16, 3), np.uint8)
    printed = Image.open(io.BytesIO(picture.printed(data_url(pixels) if link else pixels)))
    assert printed.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert printed.width >= picture.INCHES * picture.DPI
    factor = printed.width // 16
    assert (np.asarray(printed)[factor // 2 :: factor, factor // 2 :: factor] == pixels).all()
