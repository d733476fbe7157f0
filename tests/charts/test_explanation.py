"""Tests of an explanation as charts."""

import numpy as np
import pandas as pd
import pytest

from explorer.charts.explanation import cascade_lines, pixel_lines, pointing_dots

CASCADE = pd.DataFrame(
    {"run": "digits-mlp-0001", "step": [0, 1, 2], "layer": ["trained", "head", "conv"], "correlation": [1, np.nan, 0.2]}
)
PIXELS = pd.DataFrame(
    {"run": "digits-mlp-0001", "curve": ["deletion", "insertion"] * 2, "share": [0, 0, 1, 1], "probability": 0.5}
)


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize(("draw", "frame"), [(cascade_lines, CASCADE), (pixel_lines, PIXELS)])
def test_they_are_drawn_with_named_axes(draw, frame, present):
    spec = draw(frame, present).to_dict()
    layers = spec.get("layer", [spec])
    titles = [layer["encoding"][axis].get("title") for layer in layers for axis in "xy" if axis in layer["encoding"]]
    assert all(titles)
    assert draw(frame[:0], present).to_dict()  # nothing to show yet


def test_a_blank_map_is_a_gap():
    spec = cascade_lines(CASCADE).to_dict()
    values = [row for rows in spec["datasets"].values() for row in rows if "step" in row]
    assert [row["correlation"] for row in values] == [1, None, 0.2]


@pytest.mark.parametrize("present", [False, True])
def test_the_pointing_game_is_drawn_with_its_interval_and_chance(present):
    frame = pd.DataFrame(
        {
            "run": ["a-0001", "b-0002"] * 2,
            "method": ["Saliency"] * 2 + ["Grad-CAM"] * 2,
            "pointing": 0.5,
            "low": 0.4,
            "high": 0.6,
            "chance": 0.2,
        }
    )
    spec = pointing_dots(frame, present).to_dict()
    (rows,) = (data for data in spec["datasets"].values() if "chance" in data[0])
    assert [rows[0][name] for name in ("pointing", "low", "high", "chance")] == [50, 40, 60, 20]
    assert spec["layer"][0]["encoding"]["y"]["sort"] == ["Saliency", "Grad-CAM"]
    assert pointing_dots(frame[:0]).to_dict()
