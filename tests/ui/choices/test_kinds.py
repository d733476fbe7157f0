"""What can be chosen goes through a link and comes back; what cannot falls back to the default and is named."""

import math

import pytest
from hypothesis import given, strategies as some

from explorer.ui.choices.kinds import Choice, Number, OneOf, SomeOf, Switch, Text

OPTIONS = ("best", "last", "0", "12", "best (validation)")
KINDS: dict[str, tuple[Choice, some.SearchStrategy, object]] = {
    "one": (OneOf(OPTIONS), some.sampled_from(OPTIONS), "best"),
    "some": (SomeOf(OPTIONS), some.lists(some.sampled_from(OPTIONS), unique=True), ["last"]),
    "whole": (Number(-3, 10**9), some.integers(-3, 10**9), 7),
    "real": (Number(0.0, 1e6), some.floats(0.0, 1e6), 0.5),
    "switch": (Switch(), some.booleans(), False),
    "text": (Text(40), some.text(some.characters(exclude_categories=("C", "Z")), max_size=40), ""),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=some.data())
def test_a_value_comes_back_from_its_link(kind: str, data: some.DataObject) -> None:
    choice, values, default = KINDS[kind]
    value = data.draw(values)
    assert choice.decode(choice.encode(value), default) == (value, [])
    assert choice.nearest(value, default) == value


@pytest.mark.parametrize("kind", KINDS)
@given(parts=some.lists(some.text(max_size=80), max_size=4).map(tuple))
def test_whatever_a_link_says_there_is_a_value_that_can_be_chosen(kind: str, parts: tuple[str, ...]) -> None:
    choice, _, default = KINDS[kind]
    value, wrong = choice.decode(parts, default)
    assert choice.nearest(value, default) == value
    assert wrong or choice.decode(choice.encode(value), default) == (value, [])
    assert all(len(part) < 70 for part in wrong)


@pytest.mark.parametrize("part", ["1e400", "nan", "-inf", "3.5", "", "0x10", "1,000", "٣a"])
def test_a_whole_number_that_is_none_is_named(part: str) -> None:
    assert Number(1, 10).decode((part,), 4) == (4, [f"“{part}”"])


def test_a_number_beyond_the_range_becomes_the_nearest_one_and_is_named() -> None:
    assert Number(1, 10).decode(("99",), 4) == (10, ["“99”"])
    assert Number(1, 10).nearest(99, 4) == 10
    assert Number(0.0, 1.0).nearest(math.nan, 0.25) == 0.25


def test_an_older_link_may_hold_the_label() -> None:
    labels = {"best": "best (validation accuracy)", "last": "last"}
    choice = OneOf(("best", "last"), labels.__getitem__, {"top": "best"})
    assert choice.decode(("best (validation accuracy)",), "last") == ("best", [])
    assert choice.decode(("top",), "last") == ("best", [])


def test_of_several_the_ones_that_are_there_are_kept() -> None:
    choice = SomeOf(("a", "b"))
    assert choice.decode(("b", "z", "a", "b"), []) == (["b", "a"], ["“z”"])
    assert choice.decode(("z",), ["a"]) == (["a"], ["“z”"])
    assert choice.decode(("",), ["a"]) == ([], [])
