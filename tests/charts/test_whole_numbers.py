"""Whole numbers at an axis or a legend are written once each, however few there are."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import vl_convert

from explorer import charts
from tests.charts.frames import norms

LABELS = re.compile(r'class="mark-text role-(?:axis|legend)-label"[^>]*>(.*?)</g>')
TEXT = re.compile(r"<text[^>]*>([^<]*)</text>")


def counted(chart) -> list[list[str]]:
    """The whole numbers below each axis and legend."""
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    found = [TEXT.findall(group) for group in LABELS.findall(drawn)]
    return [texts for texts in found if texts and all(re.fullmatch(r"\d+(\.\d+)?", text) for text in texts)]


def of_runs(*lengths: int) -> pd.DataFrame:
    """Runs of so many steps."""
    frames = [norms(runs=place, count=length) for place, length in enumerate(lengths, 1)]
    return pd.concat([frame[frame["run"] == frame["run"].iloc[-1]] for frame in frames], ignore_index=True)


@pytest.mark.parametrize("lengths", [(1,), (2,), (3,), (4,), (5,), (30,), (2, 3), (3, 40), (1, 2, 3)], ids=str)
@pytest.mark.parametrize("chart", [charts.norm_lines, charts.norm_heatmap])
def test_steps(chart, lengths):
    found = counted(chart(of_runs(*lengths)))
    assert found
    for texts in found:
        assert all(float(a) < float(b) and b == f"{float(b):.0f}" for a, b in pairwise(texts))


@pytest.mark.parametrize("layers", [2, 3, 4, 5, 20])
def test_places_of_parameters(layers):
    """Runs that have their parameters in another order have no names at the axis."""
    rows = norms(2, layers=layers)
    rows = rows[rows["kind"] == "weight"]
    turned = rows["run"] == rows["run"].iloc[-1]
    rows["parameter"] = rows["parameter"].where(~turned, rows["parameter"].to_numpy()[::-1])
    places = next(texts for texts in counted(charts.norm_bars(rows)) if all(map(str.isdigit, texts)))
    assert [int(place) for place in places] == sorted({int(place) for place in places})


@pytest.mark.parametrize("most", [1, 2, 3, 4, 9])
def test_mistakes(most):
    matrix = np.array([[5, most], [0, 5]])
    (legend,) = (texts for texts in counted(charts.confusion_heat(matrix, ["cat", "dog"])) if texts)
    assert len({round(float(text)) for text in legend}) == len(legend)
