"""Laws of written numbers, for whatever number comes."""

import re

from hypothesis import given, strategies as st

from explorer.charts.formatting import count, macs, memory, number, percent, seconds

UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def value_of(text: str, unit: str = "") -> float:
    figure, _, scale = text.removesuffix(unit).strip().partition(" ")
    return float(figure.replace(",", "")) * UNITS[scale]


@given(st.floats(0, 1))
def test_a_percentage_is_right_to_its_last_digit(fraction):
    text = percent(fraction)
    if text[0] in "<>":
        assert 0 < fraction < 1  # only what is nothing is 0 %, and only all is 100 %
    else:
        assert abs(float(text.removesuffix(" %")) - 100 * fraction) <= 0.05 + 1e-9


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_fraction_never_reads_smaller(one, other):
    low, high = sorted((one, other))
    as_number = lambda text: float(re.sub(r"[^\d.]", "", text)) + (text[0] == ">") * 0.01 - (text[0] == "<") * 0.01  # noqa: E731
    assert as_number(percent(low)) <= as_number(percent(high))


@given(st.integers(0, 10**15))
def test_a_count_keeps_its_value(n):
    assert abs(value_of(count(n)) - n) <= 0.05 * max(n, 1)
    assert len(count(n)) <= 8


@given(st.integers(0, 10**15))
def test_macs_and_bytes_keep_their_value(n):
    for written, unit in ((macs, "MAC"), (memory, "B")):
        assert abs(value_of(written(n), unit) - n) <= 0.05 * max(n, 1)


@given(st.floats(0, 1e7))
def test_a_duration_keeps_its_value(duration):
    scale = {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}
    parts = seconds(duration).split(" ")
    value = sum(float(figure) * scale[unit] for figure, unit in zip(parts[::2], parts[1::2], strict=True))
    assert abs(value - duration) <= max(0.0006, 0.06 if duration < 60 else 0.5, 0.05 * duration)


@given(st.floats(-1e12, 1e12, allow_subnormal=False), st.integers(1, 6))
def test_a_number_is_right_to_its_digits(value, digits):
    text = number(value, digits).replace(",", "")
    assert text.startswith("−") == (value < 0)
    assert abs(float(text.replace("−", "-")) - value) <= 0.5 * 10 ** (1 - digits) * abs(value) + 1e-300
