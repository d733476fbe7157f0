"""A table as text for a paper says what the table says, whatever its cells hold; a picture is 300 dots an inch."""

import io

import pandas as pd
import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
from PIL import Image

from explorer.report import picture, table_text

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=12)
FRAME = pd.DataFrame({"run": ["a_1 & b", "50 % {x}"], "loss": [-0.012345, float("nan")], "n": [3, 12]})


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_markdown_shows_every_cell_as_it_is(rows):
    frame = pd.DataFrame(rows, columns=["first", "second|*x*"])
    tokens = MarkdownIt("commonmark").enable("table").parse(table_text.markdown(frame))
    cells = ["".join(each.content for each in token.children) for token in tokens if token.type == "inline"]
    assert cells == ["first", "second|*x*", *(cell for row in rows for cell in row)]


def test_latex_escapes_what_it_would_read_as_commands():
    text = table_text.latex(FRAME, "Loss_of 100 %")
    assert text.startswith(r"% The preamble needs \usepackage{booktabs}.")
    assert r"\caption{Loss\_of 100 \%}" in text
    assert r"\begin{tabular}{lrr}" in text
    assert r"a\_1 \& b & $-$0.0123 & 3 \\" in text
    assert r"50 \% \{x\} & – & 12 \\" in text


def test_csv_keeps_the_numbers_as_they_are():
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(table_text.csv(FRAME))), FRAME)


def test_no_more_rows_than_a_paper_takes():
    assert table_text.markdown(pd.DataFrame({"x": range(500)})).count("\n") == table_text.LONGEST + 2


def test_a_picture_has_300_dots_an_inch():
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" width="{picture.WIDTH}" height="100"></svg>'
    with Image.open(io.BytesIO(picture.png(drawn))) as image:
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
        assert image.width == pytest.approx(300 * picture.INCHES, abs=2)
