"""JSON as dataclasses: types are looked at once, values every time."""

from dataclasses import dataclass

import pytest

from explorer.errors import UserError
from explorer.runs import typed_json
from explorer.runs.typed_json import typed


@dataclass(frozen=True)
class Measured:
    """Of an epoch."""

    losses: tuple[float | None, ...]
    shares: dict[str, float]
    counts: tuple[tuple[int, ...], ...] = ()
    pair: tuple[str, int] = ("a", 1)


GIVEN = {"losses": [0.5, None], "shares": {"conv1": 0.1}, "counts": [[1, 2]], "pair": ["b", 2]}


def test_what_a_field_takes_is_found_out_once(monkeypatch):
    """A folder of 2,000 runs has a million values."""
    typed(Measured, GIVEN, "it")
    for name in ("get_origin", "get_args", "get_type_hints", "is_dataclass"):
        monkeypatch.setattr(typed_json, name, lambda *_: pytest.fail("looked at a type again"))
    assert typed(Measured, GIVEN, "it") == Measured((0.5, None), {"conv1": 0.1}, ((1, 2),), ("b", 2))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"losses": [0.5, "0.5"]}, "it.losses is '0.5', not a number"),
        ({"losses": 0.5}, "it.losses is 0.5, not a list"),
        ({"losses": [True]}, "it.losses is True, not a number"),
        ({"shares": {"conv1": None}}, "it.shares.conv1 is None, not a number"),
        ({"shares": []}, r"it.shares is \[\], not an object"),
        ({"counts": [[2**63]]}, "it.counts is 9223372036854775808, not a whole number"),
        ({"counts": [[False]]}, "it.counts is False, not a whole number"),
        ({"pair": ["b"]}, r"it.pair is \['b'\], not a list of 2"),
    ],
)
def test_among_many_right_ones_a_wrong_value_is_found(wrong, says):
    with pytest.raises(UserError, match=says):
        typed(Measured, GIVEN | wrong, "it")


def test_what_is_read_is_not_what_was_given():
    given = {"losses": [], "shares": {"conv1": 0.1}}
    read = typed(Measured, given, "it")
    given["shares"]["conv1"] = 0.9
    assert read.shares == {"conv1": 0.1}
