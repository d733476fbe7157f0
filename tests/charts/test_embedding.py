"""A class is told by colour and by shape, on both backgrounds; mistakes are ringed."""

import pandas as pd
import pytest

from explorer.charts.embedding import CLASS_COLOURS, class_marks, scatter

from .test_palette import DARK, LIGHT, contrast


def points() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [0.0, 1.0, 2.0],
            "y": [1.0, 0.0, 1.0],
            "image": ["data:image/png;base64,"] * 3,
            "number": [1, 2, 3],
            "class": ["cat", "dog", "cat"],
            "predicted": ["cat", "cat", "cat"],
            "wrong": [False, True, False],
        }
    )


@pytest.mark.parametrize("background", [LIGHT, DARK])
def test_every_colour_is_seen_on_both_backgrounds(background):
    assert min(contrast(colour, background) for colour in CLASS_COLOURS) >= 3


def test_up_to_a_hundred_classes_no_two_look_alike():
    pairs = list(zip(*class_marks([str(i) for i in range(100)]), strict=True))
    assert len(set(pairs)) == 100
    colours, shapes = class_marks([str(i) for i in range(10)])
    assert len(set(colours)) == len(set(shapes)) == 10


def test_the_chart_is_valid_and_shows_the_image_under_the_pointer():
    spec = scatter(points(), ["cat", "dog", "cow"], ("one", "two")).to_dict()
    rings, marks = spec["layer"]
    assert rings["transform"] == [{"filter": "datum.wrong"}]
    assert marks["encoding"]["tooltip"][0]["field"] == "image"
    assert "title" not in marks["encoding"]["tooltip"][0], "under another name it would be shown as text"
    assert marks["encoding"]["color"]["scale"]["domain"] == marks["encoding"]["shape"]["scale"]["domain"]
    assert scatter(points()[:0], ["cat"], ("one", "two"), present=True).to_dict()
