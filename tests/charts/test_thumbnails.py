"""Small pictures are valid SVG of one shape, and nothing in them lies outside of it."""

from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.charts.thumbnails import HEIGHT, WIDTH, Line, dots, lines, mistakes, sketch, tiles

CURVES = [Line([0.1, 0.5, None, 0.9], "#E69F00"), Line([float("nan"), 0.2], "#0072B2", (8, 4)), Line([], "#000000")]


def parts(svg, kind):
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
    return root.findall(f"{{http://www.w3.org/2000/svg}}{kind}")


@pytest.mark.parametrize("curves", [CURVES, CURVES[2:], [Line([0.4], "#000000")], []])
@pytest.mark.parametrize("log", [False, True])
def test_curves_stay_inside(curves, log):
    for line in parts(lines(curves, log=log), "polyline"):
        for x, y in (map(float, point.split(",")) for point in line.get("points").split()):
            assert 0 <= x <= WIDTH
            assert 0 <= y <= HEIGHT


def test_higher_values_stand_higher_and_every_line_has_its_colour():
    _, line, _, _ = parts(lines(CURVES), "polyline")
    heights = [float(point.split(",")[1]) for point in line.get("points").split()]
    assert heights == sorted(heights, reverse=True)
    assert line.get("stroke") == "#E69F00"


def test_dots_stand_from_the_lowest_to_the_highest_of_all_rows():
    svg = dots([Line([0.5, 0.9], "#E69F00"), Line([float("nan"), 0.7], "#0072B2")])
    places = [float(dot.get("cx")) for dot in parts(svg, "circle")]
    assert places == pytest.approx([14, WIDTH - 14, WIDTH / 2])
    assert not parts(svg, "text")
    assert [word.text for word in parts(sketch(svg), "text")] == ["sketch"]


def test_tiles_are_as_many_as_images_and_a_mistake_is_brighter_the_more_often():
    pixels = mistakes(np.array([[9, 1, 0], [4, 2, 0], [0, 0, 5]]))
    assert len(parts(tiles([pixels, pixels]), "image")) == 2
    assert pixels[1, 0].astype(int).sum() > pixels[0, 1].astype(int).sum()
