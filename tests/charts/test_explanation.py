"""Tests of an explanation as charts."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from explorer.charts.explanation import cascade_lines, noise_dots, pixel_lines, pointing_dots

CASCADE = pd.DataFrame(
    {"run": "digits-mlp-0001", "step": [0, 1, 2], "layer": ["trained", "head", "conv"], "correlation": [1, np.nan, 0.2]}
)
PIXELS = pd.DataFrame({"run": ["digits-mlp-0001", "digits-mlp-0008"] * 2, "share": [0, 0, 1, 1], "probability": 0.5})
NOISE = pd.DataFrame(
    {
        "run": ["digits-mlp-0001", "digits-mlp-0008"],
        "method": ["Saliency", "Occlusion"],
        "infidelity": 0.2,
        "sensitivity": 0.3,
    }
)
DRAWN = [
    (cascade_lines, CASCADE),
    (partial(pixel_lines, curve="deletion"), PIXELS),
    (partial(pixel_lines, curve="insertion"), PIXELS),
    (partial(noise_dots, what="infidelity"), NOISE),
    (partial(noise_dots, what="sensitivity"), NOISE),
]


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize(("draw", "frame"), DRAWN)
def test_they_are_drawn_with_named_axes(draw, frame, present):
    spec = draw(frame, present=present).to_dict()
    layers = spec.get("layer", [spec])
    axes = [layer["encoding"][axis] for layer in layers for axis in "xy" if axis in layer["encoding"]]
    assert all(axis["title"] for axis in axes if axis["type"] == "quantitative")
    assert draw(frame[:0], present=present).to_dict()  # nothing to show yet


def test_runs_of_one_colour_are_told_apart_by_their_dash():
    encoding = pixel_lines(PIXELS, "deletion").to_dict()["encoding"]
    first, second = encoding["color"]["scale"]["range"]
    assert first == second
    first, second = encoding["strokeDash"]["scale"]["range"]
    assert first != second


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
