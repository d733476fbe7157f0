"""Diagrams show every layer, in colours that are no run's and can be read; squares lie where the field does."""

import itertools
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from explorer import charts
from explorer.charts.architecture import COLOURS, WIDTH
from explorer.charts.field_image import DARK, LIGHT
from explorer.charts.palette import MISSING_GREY, RUN_COLOURS
from explorer.insights.architecture import Architecture, architecture
from explorer.insights.receptive_field import Field
from explorer.models import MODELS, build
from tests.charts.test_palette import DARK as DARK_GROUND, LIGHT as LIGHT_GROUND, contrast


@lru_cache
def read(name: str, **options) -> Architecture:
    with torch.device("meta"):
        return architecture(build(name, 3, 10, **options), 3, 32)


def boxes(chart) -> list[dict]:
    return [row for data in chart.to_dict()["datasets"].values() for row in data if "kind" in row]


def notes(chart) -> list[str]:
    return [row["text"] for data in chart.to_dict()["datasets"].values() for row in data if "align" in row]


@pytest.mark.parametrize("colour", COLOURS.values())
def test_layers_are_legible_in_both_themes_and_are_no_runs(colour):
    assert contrast(colour, "#ffffff") >= 4.5  # what is written on it
    assert contrast(colour, LIGHT_GROUND) >= 3
    assert contrast(colour, DARK_GROUND) >= 3
    assert colour.lower() not in {run.lower() for run in RUN_COLOURS}


@pytest.mark.parametrize("name", MODELS)
def test_nothing_overlaps_and_nothing_is_outside(name):
    found = boxes(charts.diagram(read(name).units(), present=True))
    assert all(0 <= box["x"] < box["x2"] <= WIDTH for box in found)
    for a, b in itertools.combinations(found, 2):
        apart = a["x2"] <= b["x"] or b["x2"] <= a["x"] or a["y2"] <= b["y"] or b["y2"] <= a["y"]
        assert apart, f"{a['layer']} and {b['layer']}"


@pytest.mark.parametrize("options", [{"dropout": 0.3}, {"dropout": 0.3, "batch_norm": False, "depth": 2}])
def test_nor_with_dropout(options):
    found = boxes(charts.diagram(read("simple_cnn", **options).units()))
    assert {"flatten", "dropout"} <= {box["layer"] for box in found}
    by_row = {(box["x"], box["y"]) for box in found}
    assert len(by_row) == len(found)


def test_the_deepest_network_fits_on_a_screen_and_unfolds():
    folded, whole = read("resnet110").units(), read("resnet110").units([32, 16, 8])
    assert charts.diagram(folded).to_dict()["height"] < 700
    assert sum(note.startswith("×") for note in notes(charts.diagram(folded))) == 3
    assert "× 18" in notes(charts.diagram(folded))
    names = {box["layer"] for box in boxes(charts.diagram(whole))}
    assert {layer.name for layer in read("resnet110").layers if layer.type != "Identity"} == names


def test_the_chosen_layer_and_what_differs_are_marked():
    units = read("resnet20").units()
    chart = charts.diagram(units, chosen="stage1.2.conv2", marked=["conv1"])
    assert [box["layer"] for box in boxes(chart) if box["border"]] == ["stage1.0.conv2"]  # drawn for all three
    assert {"▸", "≠"} <= set(notes(chart))
    assert not {"▸", "≠"} & set(notes(charts.diagram(units)))


def test_a_click_says_which_layer():
    params = charts.diagram(read("mlp").units()).to_dict()["params"]
    assert [(param["name"], param["select"]["fields"]) for param in params] == [("layer", ["layer"])]


def test_a_skip_ends_at_its_plus():
    chart = charts.diagram(read("resnet20").units()).to_dict()
    points = [row for data in chart["datasets"].values() for row in data if "order" in row and row["skip"]]
    ends = {(row["x"], round(row["y"], 6)) for row in points if row["order"] == 2}
    additions = [row for data in chart["datasets"].values() for row in data if row.get("kind") == "addition"]
    assert ends == {((box["x"] + box["x2"]) / 2, round(box["y"], 6)) for box in additions}


def test_any_network_can_be_drawn():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.head = nn.Conv2d(3, 4, 3, groups=1), nn.Linear(4, 2)

        def forward(self, x):
            return self.head(nn.functional.relu(self.conv(x)).mean((2, 3)))

    found = boxes(charts.diagram(architecture(Odd(), 3, 16).units()))
    assert [box["layer"] for box in found] == ["conv", "relu", "mean", "head"]
    charts.diagram([]).to_dict()


def test_the_square_lies_where_the_field_does():
    image = np.full((1, 16, 16), 100, dtype=np.uint8)
    drawn = charts.receptive_square(image, Field(5, 2, 2), (3, 4), side=160)
    factor = 10
    assert drawn.shape == (160, 160, 3)
    changed = np.argwhere((drawn != 100).any(axis=2))
    assert changed.min(axis=0).tolist() == [4 * factor, 6 * factor]
    assert (changed.max(axis=0) + 1).tolist() == [9 * factor, 11 * factor]
    assert {int(value) for value in np.unique(drawn)} == {100, LIGHT, DARK}


def test_what_lies_outside_of_the_image_is_grey():
    image = np.zeros((3, 16, 16), dtype=np.uint8)
    field = Field(9, 1, 4)
    assert charts.square_reach(field, 16, (8, 8)) == 0
    assert charts.square_reach(field, 16, (0, 8)) == 4
    drawn = charts.receptive_square(image, field, (0, 8), side=24, outside=4)
    assert drawn.shape == (24, 24, 3)
    assert (drawn[-4:, :4] == MISSING_GREY).all()
    huge = charts.receptive_square(image, Field(501, 1, 250), (8, 8))
    assert {int(value) for value in np.unique(huge)} == {0, MISSING_GREY}  # no side of the square is near


def test_the_effective_field_is_drawn_over_the_image():
    image, effective = np.zeros((1, 8, 8), dtype=np.uint8), np.zeros((8, 8))
    effective[4, 4] = 1
    drawn = charts.effective_square(image, Field(3, 1, 1), (0, 0), effective, side=8, outside=0)
    assert drawn[4, 4].any()
    assert not drawn[6:, 6:].any()
    charts.effective_square(image, Field(3, 1, 1), (0, 0), np.zeros((8, 8)))


def test_bubbles():
    row = {"model": "vgg16", "family": "VGG", "weights": "V1", "accuracy": 0.7, "parameters": 138e6, "gmacs": 15.5}
    frame = pd.DataFrame([row, {**row, "model": "resnet50", "family": "ResNet", "weights": "V2"}])
    shown = [r for data in charts.accuracy_bubbles(frame).to_dict()["datasets"].values() for r in data]
    assert [(r["label"], r["percent"]) for r in shown] == [("vgg16", 70), ("resnet50 V2", 70)]
    charts.accuracy_bubbles(frame.head(0)).to_dict()


def test_bubbles_of_another_cost_leave_out_what_is_not_measured():
    row = {"family": "VGG", "weights": "V1", "accuracy": 0.7, "accuracy_top5": 0.9, "parameters": 138e6}
    frame = pd.DataFrame([{**row, "model": "vgg16", "one": 40.0}, {**row, "model": "vgg19", "one": None}])
    spec = charts.accuracy_bubbles(frame, False, "accuracy_top5", "one", ("Top-5 (%)", "Latency (ms)")).to_dict()
    shown = [r for data in spec["datasets"].values() for r in data]
    assert [(r["label"], r["percent"]) for r in shown] == [("vgg16", 90)]
    x = spec["layer"][0]["encoding"]["x"]
    assert x["title"] == "Latency (ms), log scale"
    assert x["axis"]["values"] == [50]
    assert charts.accuracy_bubbles(frame.assign(one=None), cost="one").to_dict()["height"] == 60
