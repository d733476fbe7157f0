"""What stands at an axis is the value itself: no digits that mean nothing, and none that are missing."""

import re

import pytest
import vl_convert

from explorer import charts
from tests.charts.frames import epochs

AXIS = re.compile(r'<g class="mark-text role-axis-label".*?</g>', re.DOTALL)
MEASURED = ["train_loss", "validation_loss", "train_accuracy", "validation_accuracy"]


def at_upright_axis(chart) -> list[str]:
    svg = vl_convert.vegalite_to_svg({**chart.to_dict(), "width": 500})
    return re.findall(r"<text[^>]*>([^<]*)", AXIS.findall(svg)[1])


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (0.0812, "0.0812"), (1.0, "1"), (1 / 3, "0.333333")])
def test_what_does_not_vary_stands_at_its_value(value, text):
    """Vega tells labels apart by the distance between them, and here is none."""
    flat = epochs(2, 3).assign(**dict.fromkeys(MEASURED, value))
    assert at_upright_axis(charts.loss_curves(flat)) == [text]
    assert at_upright_axis(charts.accuracy_curves(flat)) == [f"{100 * value:.6g}"]
    if value > 0:
        assert at_upright_axis(charts.loss_curves(flat, log=True)) == [text]


def test_labels_close_to_each_other_are_told_apart():
    near = epochs(1, 3).assign(train_loss=[2.3021, 2.3024, 2.3027], validation_loss=2.3023)
    labels = at_upright_axis(charts.loss_curves(near))
    assert len(labels) == len(set(labels)) > 2
