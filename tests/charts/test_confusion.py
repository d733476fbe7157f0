"""A confusion matrix reads for two classes and for hundreds, and calibration stands on its diagonal."""

import numpy as np
import pandas as pd
import pytest

from explorer import charts
from explorer.charts.confusion import CELL
from explorer.charts.sizes import MAX_ROWS


def confusion(classes: int, images: int = 4000) -> np.ndarray:
    random = np.random.default_rng(0)
    found = np.diag(np.full(classes, 10))
    np.add.at(found, (random.integers(0, classes, images), random.integers(0, classes, images)), 1)
    return found


def drawn(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if "true_class" in row]


@pytest.mark.parametrize("present", [False, True])
@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("classes", [2, 10, 40, 130])
def test_every_cell_that_is_not_empty_is_drawn_with_its_count(classes, normalised, present):
    counts = confusion(classes)
    names = [f"class {i}" for i in range(classes)]
    spec = charts.confusion_heat(counts, names, normalised, present).to_dict()
    cells = drawn(spec)
    assert len(cells) == min(np.count_nonzero(counts), MAX_ROWS)
    assert all(counts[cell["true_class"], cell["predicted_class"]] == cell["count"] for cell in cells)
    for layer in spec.get("layer", [spec]):
        for axis in "xy":
            assert layer["encoding"][axis]["scale"]["domain"] == names
            assert layer["encoding"][axis]["title"]


def test_rows_are_normalised_by_the_images_of_the_true_class():
    cells = drawn(charts.confusion_heat(np.array([[3, 1], [0, 0]]), ["a", "b"], normalised=True).to_dict())
    assert [(cell["shown"], cell["text"], cell["share"]) for cell in cells] == [
        (75, "75", "75.0 %"),
        (25, "25", "25.0 %"),
    ]


def test_the_colours_are_those_of_the_mistakes():
    spec = charts.confusion_heat(np.array([[900, 3], [1, 800]]), ["a", "b"]).to_dict()
    colour = spec["layer"][0]["encoding"]["color"]
    assert colour["scale"]["domain"] == [0, 3]
    assert colour["condition"]["test"] == "datum.right"


def test_a_click_selects_a_cell():
    (parameter,) = charts.confusion_heat(confusion(10), list("0123456789")).to_dict()["params"]
    assert parameter["name"] == CELL
    assert parameter["select"]["fields"] == ["true_class", "predicted_class"]


def test_where_not_all_cells_are_drawn_the_chart_says_so():
    counts = np.ones((130, 130), int)
    spec = charts.confusion_heat(counts, [str(i) for i in range(130)]).to_dict()
    assert spec["title"] == ["The 4,500 fullest of 16,900 cells."]


def test_nothing_and_no_mistake():
    assert charts.confusion_heat(np.zeros((3, 3), int), list("abc")).to_dict()
    assert len(drawn(charts.confusion_heat(np.diag([4, 4]), list("ab")).to_dict())) == 2
    bins = pd.DataFrame(columns=["run", "low", "high", "count", "confidence", "accuracy"])
    assert charts.reliability(bins).to_dict()


@pytest.mark.parametrize("present", [False, True])
def test_empty_bins_are_not_points(present):
    bins = pd.DataFrame(
        {
            "run": "digits-mlp-0001",
            "low": [0, 0.5],
            "high": [0.5, 1],
            "count": [0, 7],
            "confidence": [np.nan, 0.9],
            "accuracy": [np.nan, 0.8],
        }
    )
    spec = charts.reliability(bins, present).to_dict()
    rows = [row for data in spec["datasets"].values() for row in data if "count" in row]
    assert [(row["sure"], row["right"], row["count"]) for row in rows] == [(90, 80, 7)]


def test_a_line_joins_neighbouring_bins_of_ten_images_or_more_alone():
    bins = pd.DataFrame(
        {
            "run": ["digits-mlp-0001"] * 5 + ["digits-mlp-0002"] * 2,
            "low": [0, 0.2, 0.4, 0.6, 0.8, 0, 0.5],
            "high": [0.2, 0.4, 0.6, 0.8, 1, 0.5, 1],
            "count": [12, 30, 2, 10, 40, 10, 10],
            "confidence": 0.5,
            "accuracy": 0.5,
        },
        index=[0, 1, 2, 3, 4, 0, 1],
    )
    spec = charts.reliability(bins).to_dict()
    (rows,) = [data for data in spec["datasets"].values() if "many" in data[0]]
    joined: dict[tuple, list[int]] = {}
    for row in rows:
        if row["many"]:
            joined.setdefault((row["run"], row["part"]), []).append(row["count"])
        assert row["least"] < 50 < row["most"]
    assert list(joined.values()) == [[12, 30], [10, 40], [10, 10]]
