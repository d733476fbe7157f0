"""A table takes the rows that it has, whatever a browser sends as its selection."""

from types import SimpleNamespace

import pytest

from explorer.ui.saving import selected_rows


@pytest.mark.parametrize(
    ("sent", "taken"),
    [([0, 2], [0, 2]), ([-1, -5000, 3, 10**30], []), (["0", None, 1.5, True, 1], [1]), ({"a": 1}, []), (5, [])],
)
def test_made_up_rows_are_passed_over(sent, taken):
    assert selected_rows(SimpleNamespace(selection=SimpleNamespace(rows=sent)), 3) == taken
