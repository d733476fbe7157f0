"""A table takes the rows that it has, whatever a browser sends as its selection."""

from types import SimpleNamespace

import pytest

from explorer.ui.saving import _file_name, selected_rows


@pytest.mark.parametrize(
    ("sent", "taken"),
    [([0, 2], [0, 2]), ([-1, -5000, 3, 10**30], []), (["0", None, 1.5, True, 1], [1]), ({"a": 1}, []), (5, [])],
)
def test_made_up_rows_are_passed_over(sent, taken):
    assert selected_rows(SimpleNamespace(selection=SimpleNamespace(rows=sent)), 3) == taken


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("Loss of 2 runs, by epoch", "loss-of-2-runs-by-epoch"),
        ("The first layer's kernels, as small as they are and as they were drawn", None),
        ("x" * 90, "x" * 60),
        ("…", "chart"),
    ],
)
def test_a_file_is_named_by_whole_words(description, name):
    found = _file_name(description)
    assert len(found) <= 60
    assert found == name or set(found.split("-")) <= set(description.lower().replace(",", "").replace("'", " ").split())
