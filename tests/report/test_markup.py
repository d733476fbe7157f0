"""Whatever people have typed stands in a report as they typed it: no tag, no link and no image comes of it."""

from html.parser import HTMLParser

import altair as alt
import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from explorer.report import folder
from explorer.report.content import Cell, Figure, Origin, Picture, Report, Request, Section, Statement, Table
from explorer.report.html import to_html
from explorer.report.picture import svg

TYPED = (
    """![n](http://h/t.png) <script>n()</script> "><img src=x onerror=n()> ' [l](javascript:n()) $n$ `c` </svg> a|b"""
)
WORDS = "![n](http://h/t.png) <script>n()</script> <img src=x> [l](javascript:n())"  # the author's, in Markdown


@pytest.fixture(scope="module")
def report():
    frame = pd.DataFrame({"run": ["a", "a"], "epoch": [1, 2], "loss": [0.5, 0.4]})
    chart = alt.Chart(frame).mark_line().encode(x="epoch:Q", y="loss:Q", color="run:N")
    of, pixels = Origin(), np.zeros((2, 2, 3), np.uint8)
    blocks = (
        TYPED,
        Table("t", TYPED, (TYPED, "b"), ((Cell(TYPED), Cell(TYPED)),)),
        Figure("f", TYPED, TYPED, of, svg=svg(chart, {"a": TYPED}, "f")),
        Figure("p", TYPED, TYPED, of, pictures=(Picture(TYPED, pixels),)),
        Statement(TYPED, TYPED, TYPED, ((TYPED, TYPED),), of),
    )
    request = Request((), title=TYPED, authors=TYPED, names={"a": TYPED}, words={"f": WORDS, "introduction": WORDS})
    return Report(request, TYPED, TYPED, f"{TYPED}\n{TYPED}", (Section(TYPED, blocks),))


class Seen(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def dangerous(seen, own_images):
    """Tags and attributes that nobody but a person who types can have made."""
    found = [tag for tag in seen.tags if tag in ("script", "iframe")]
    found += [name for name, _ in seen.attributes if name.startswith("on")]
    links = [value for name, value in seen.attributes if name in ("src", "href", "xlink:href")]
    return found + [link for link in links if not link.startswith(own_images)]


def test_as_one_file(report):
    seen = Seen(to_html(report))
    # In the author's words an image from elsewhere is a link, which a person may follow.
    assert set(dangerous(seen, ("data:image/png;base64,", "#"))) <= {"http://h/t.png"}
    assert seen.tags.count("svg") == seen.tags.count("figure") - 1 == 1
    assert seen.text.count(TYPED) >= 10, "it stands there as it was typed"


def test_as_a_folder(report):
    made = folder.files(report)
    seen = Seen(MarkdownIt("commonmark", {"html": True}).enable("table").render(made["report.md"].decode()))
    assert set(dangerous(seen, tuple(made))) <= {"http://h/t.png"}
    assert seen.text.count("<script>n()</script>") >= 10
