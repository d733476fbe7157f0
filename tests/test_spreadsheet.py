"""No cell of a table that leaves the app is a formula, whoever named it, and every number stays a number."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from explorer.report import table_text
from explorer.spreadsheet import BEGINS_FORMULA, csv_text, harmless, is_formula
from explorer.ui import saving
from explorer.ui.markdown import JOINER

ROOT = Path(__file__).parents[1]
FORMULAS = ("=1+2", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=HYPERLINK(A1)", "-", "+ skips")
NUMBERS = ("-0.3", "+2", "-1e-05", "-1,294", "-3 %", "-.5", "0", "")


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_begins_as_a_formula_is_text(text):
    assert str(harmless(text)).startswith("'")


@pytest.mark.parametrize("text", [*NUMBERS, "a = b", "digits-mlp-0001", "'=1"])
def test_numbers_and_all_else_are_as_they_are(text):
    assert harmless(text) == text


def without_mark(cell: str) -> str:
    return cell.removeprefix("'").replace("\r\n", "\n").replace("\r", "\n")


CELLS = st.text(st.sampled_from("=+-@\t\r\n\"',;1.e%aＡ＝"), max_size=6) | st.text(max_size=4)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=3), st.floats(allow_nan=False))
def test_no_cell_of_a_file_begins_a_formula(rows, number):
    rows = [("first", "second"), *rows, (number, -3)]
    back = read(csv_text(rows))
    assert [list(map(without_mark, row)) for row in back[:-1]] == [list(map(without_mark, row)) for row in rows[:-1]]
    assert (float(back[-1][0]), back[-1][1]) == (number, "-3")
    assert not [cell for row in back for cell in row if is_formula(cell)]


def test_a_frame_too_with_its_columns_names():
    frame = pd.DataFrame({"run": FORMULAS, "=loss": -0.25, "n": -3, "empty": None})
    columns, *rows = read(table_text.csv(frame))
    assert columns == ["run", "'=loss", "n", "empty"]
    assert rows == [[harmless(text), "-0.25", "-3", ""] for text in FORMULAS]


def test_what_streamlits_own_button_saves(monkeypatch):
    """It takes the cells that a page shows, so these have a mark that nobody sees."""
    shown = []
    monkeypatch.setattr(saving.st, "dataframe", lambda rows, **_: shown.append(pd.DataFrame(rows)))
    saving.dataframe([{"name": "=1+2", "tags": ["@a", "b"], "n": -3, "loss": -0.5}, {"name": "a", "tags": []}], alt="")
    saving.dataframe([{"-name": "a", "tags": []}], alt="")
    first, second = shown
    assert first.name.tolist() == [f"{JOINER}=1+2", "a"]
    assert first.tags.tolist() == [[f"{JOINER}@a", "b"], []]
    assert (first.n[0], first.loss[0]) == (-3, -0.5)
    assert second.columns.tolist() == [f"{JOINER}-name", "tags"]
    assert not JOINER.startswith(BEGINS_FORMULA)


def test_nobody_writes_csv_another_way():
    writes = re.compile(r"\.to_csv\(|csv\.(Dict)?[wW]riter|st\.dataframe\(")
    files = [*(ROOT / "explorer").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    found = {str(file.relative_to(ROOT)) for file in files if writes.search(file.read_text())}
    assert found == {"explorer/spreadsheet.py", "explorer/report/table_text.py", "explorer/ui/saving.py"}
