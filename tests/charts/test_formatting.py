"""Numbers with as many digits as they deserve."""

import math

import pytest

from explorer.charts.formatting import count, macs, memory, number, percent, seconds
from explorer.insights.findings.wording import points

TABLE = [
    (percent, 0.9834, "98.3 %"),
    (percent, 1.0, "100 %"),
    (percent, 0.99996, "> 99.9 %"),
    (percent, 0.0, "0 %"),
    (percent, 0.0001, "< 0.1 %"),
    (percent, 0.5, "50.0 %"),
    (count, 1797, "1,797"),
    (count, 9999, "9,999"),
    (count, 60_000, "60 k"),
    (count, 269_722, "270 k"),
    (count, 999_960, "1 M"),
    (count, 1_234_567, "1.2 M"),
    (count, 134_301_514, "134 M"),
    (count, 0, "0"),
    (macs, 313_200_000, "313 MMAC"),
    (macs, 40_550_000, "40.5 MMAC"),
    (macs, 15_470_000_000, "15.5 GMAC"),
    (macs, 640, "640 MAC"),
    (memory, 11_173_962, "11.2 MB"),
    (memory, 999, "999 B"),
    (seconds, 0.004, "4 ms"),
    (seconds, 0.9999, "1 s"),
    (seconds, 12.34, "12.3 s"),
    (seconds, 59.97, "1 min"),
    (seconds, 73, "1 min 13 s"),
    (seconds, 3700, "1 h 1 min"),
    (seconds, 7200, "2 h"),
    (seconds, 90_000, "1 d 1 h"),
    (number, 0.012345, "0.0123"),
    (number, 0.5, "0.500"),
    (number, 2.0, "2"),
    (number, 0.0, "0"),
    (number, 1.23e-7, "1.23e-7"),
    (number, 1234.56, "1,235"),
    (number, -0.25, "−0.250"),
    (number, -1.23e-7, "−1.23e-7"),
    (number, -0.0, "0"),
    (points, -0.0123, "−1.2"),
    (points, 0.0123, "+1.2"),
    (points, -0.0001, "0.0"),
]


@pytest.mark.parametrize(("written", "value", "text"), TABLE, ids=lambda v: getattr(v, "__name__", str(v)))
def test_table(written, value, text):
    assert written(value) == text


@pytest.mark.parametrize("written", [percent, count, macs, memory, seconds, number])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_a_dash(written, value):
    assert written(value) == "–"
