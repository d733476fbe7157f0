"""Strokes become an image; what could not have been drawn is refused."""

import numpy as np
import pytest

from explorer.data import DATASETS, network_input, open_image
from explorer.data.drawing import BRUSHES, COLOURS, MOST_POINTS, MOST_STROKES, SIDE, png, rendered, strokes
from explorer.errors import UserError

ONE = [["black", 20, [[140, 40], [140, 240]]]]


def test_a_stroke_is_drawn_where_it_was_made_and_as_wide():
    pixels = np.asarray(rendered(strokes(ONE)).convert("L"))
    assert pixels.shape == (SIDE, SIDE)
    rows, columns = np.nonzero(pixels < 128)
    assert (rows.min(), rows.max()) == pytest.approx((30, 250), abs=1)  # the brush is round
    assert (columns.min(), columns.max()) == pytest.approx((130, 150), abs=1)


def test_a_dot_is_drawn_and_white_rubs_out():
    dot = ["red", 40, [[100, 100]]]
    assert tuple(np.asarray(rendered(strokes([dot])))[100, 100]) == tuple(bytes.fromhex(COLOURS["red"][1:]))
    rubbed = strokes([dot, ["white (eraser)", 60, [[100, 100]]]])
    assert (np.asarray(rendered(rubbed)) == 255).all()


def test_a_drawing_takes_the_way_of_an_upload():
    page = network_input(open_image(png(strokes(ONE))), DATASETS["mnist"].input_spec)[0]
    rows, columns = np.flatnonzero(page.any(axis=1)), np.flatnonzero(page.any(axis=0))
    assert len(rows) == 20
    assert len(columns) <= 6


def test_an_empty_pad_is_white():
    assert strokes([]) == ()
    assert (np.asarray(rendered(())) == 255).all()


def test_what_lies_beside_the_pad_is_brought_onto_it():
    (stroke,) = strokes([["black", 1e9, [[-5, 1e9]]]])
    assert stroke.points == ((0.0, SIDE),)
    assert stroke.width == BRUSHES[1]


@pytest.mark.parametrize(
    "rows",
    [
        None,
        7,
        {"a": 1},
        "stroke",
        [7],
        [["black", 20]],
        [["black", 20, []]],
        [["black", 20, [[1]]]],
        [["black", 20, [["1", "2"]]]],
        [["black", float("nan"), [[1, 2]]]],
        [["black", 20, [[float("inf"), 2]]]],
        [["black", 20, 5]],
        [["ultraviolet", 20, [[1, 2]]]],
        [[["black"], 20, [[1, 2]]]],
    ],
)
def test_no_drawing_is_refused(rows):
    with pytest.raises(UserError, match="could not be read: clear the pad"):
        strokes(rows)


@pytest.mark.parametrize(
    "rows",
    [[["black", 20, [[1, 2]]]] * (MOST_STROKES + 1), [["black", 20, [[1, 2]] * (MOST_POINTS + 9)]]],
    ids=["strokes", "points"],
)
def test_too_much_is_refused(rows):
    with pytest.raises(UserError, match="over 500 strokes or 20,000 points: clear the pad"):
        strokes(rows)
