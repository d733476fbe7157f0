"""A report can be read without the app: one file, nothing fetched, no script; or a folder."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest

from explorer.cli import main
from explorer.errors import UserError
from explorer.report import folder, words
from explorer.report.figures import gradients, norm_frames
from explorer.report.html import request_of
from explorer.report.images import filters_of, maps_of
from explorer.report.request import of_a_study, of_runs
from explorer.report.style import STYLE
from explorer.runs import Checkpoint, sample_runs
from explorer.runs.owners import HOST, Person
from explorer.samples import PAIR


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.ids = set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]


@pytest.fixture(scope="module")
def seen(page):
    parsed = Seen()
    parsed.feed(page)
    return parsed


def test_nothing_is_fetched_and_nothing_runs(page, seen):
    assert not seen.tags & {"script", "iframe", "object", "embed", "link", "form", "base"}
    assert not [name for name, _ in seen.attributes if name.startswith("on")]
    sources = [value for name, value in seen.attributes if name in ("src", "xlink:href")]
    links = [value for name, value in seen.attributes if name == "href"]  # followed by a person, fetched by nobody
    assert links == ["https://a.example/x.png"], "an image from elsewhere has become a link"
    assert sources
    assert all(value.startswith("data:image/png;base64,") for value in sources)
    assert len(page) < 5_000_000


def test_ids_are_of_one_chart_alone(page, seen):
    assert len(seen.ids) == len(set(seen.ids))
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(seen.ids)


def test_every_figure_and_number_says_where_it_comes_from(page):
    assert page.count("<figure ") == page.count("<figure id=") == len(re.findall(r"<figure [^>]*data-hash=", page))
    cells = re.findall(r"<td[^>]*>", page)
    assert sum("data-hash" in one for one in cells) >= len(cells) - 8  # names of files have no origin but themselves
    assert all("alt=" in one for one in re.findall(r"<img [^>]*>", page))
    assert all("aria-label=" in one for one in re.findall(r"<svg [^>]*>", page))


def test_words_carry_no_script(page):
    assert "<strong>fall</strong>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "javascript:" not in re.sub(r"<meta [^\n]*|\[y\]\(javascript:z\)", "", page)


def test_the_command_line_makes_the_same_report_again(page):
    assert "sample-plain sample-residual --title Skips --authors &#x27;Ada &amp; Bo&#x27; --out" in page


def test_a_run_without_a_finite_gradient_is_a_sentence():
    run = sample_runs()[0]
    (frame,) = norm_frames([run]).values()
    (_, figure) = gradients([run], {run.id: "lost"}, {run.id: frame.assign(norm=float("nan"))})
    assert "No norm is finite" in figure.alt


def test_the_request_is_read_back(page, made):
    assert request_of(page) == made.request


def test_the_folder_has_what_its_markdown_links(made):
    files = folder.files(made)
    text = files["report.md"].decode()
    linked = set(re.findall(r"\]\(([\w.-]+\.(?:svg|png|csv))\)", text))
    assert linked <= set(files)
    assert {name.rpartition(".")[2] for name in files} == {"md", "svg", "png", "csv"}
    rows = list(csv.reader(io.StringIO(files["results.csv"].decode())))
    assert [len(row) for row in rows] == [9, 9, 9]
    assert files["loss.png"].startswith(b"\x89PNG")


def test_words_are_kept_beside_the_runs_in_any_order(tmp_path):
    request = of_runs(list(PAIR), str(tmp_path))
    words.write_words(request, "loss", " Mine. ", tmp_path)
    other = of_runs(list(PAIR)[::-1], str(tmp_path))
    assert words.with_words(other, tmp_path).words == {"loss": "Mine."}
    words.write_words(request, "loss", "", tmp_path)
    assert words.read_words(request, tmp_path) == {}
    with pytest.raises(UserError, match="characters"):
        words.write_words(request, "loss", "a" * 5001, tmp_path)


def test_visitors_of_a_class_do_not_write_over_each_other(tmp_path, monkeypatch):
    request = of_runs(list(PAIR), str(tmp_path))
    ada, bo = Person("Ada", "a" * 32), Person("Bo", "b" * 32)
    for person in (ada, bo):
        monkeypatch.setattr(words, "acting", lambda person=person: person)
        words.write_words(request, "loss", person.name, tmp_path)
    monkeypatch.setattr(words, "acting", lambda: ada)
    assert words.read_words(request, tmp_path) == {"loss": "Ada"}
    monkeypatch.setattr(words, "acting", lambda: HOST)
    assert words.read_words(request, tmp_path) == {}
    monkeypatch.setattr(words, "MOST_REPORTS", 1)
    with pytest.raises(UserError, match="remove some"):
        words.write_words(request, "loss", "one more", tmp_path)


def test_wrong_requests_are_sentences(tmp_path, capsys):
    with pytest.raises(UserError, match="no finished run"):
        of_a_study("depth", str(tmp_path))
    with pytest.raises(UserError, match="nothing"):
        of_a_study("nothing", str(tmp_path))
    assert main(["report", "--out", str(tmp_path / "r.html")]) == 2
    assert main(["report", *PAIR, "--out", str(tmp_path / "r.docx")]) == 2
    assert main(["verify", str(tmp_path / "none.html")]) == 2
    assert all(line for line in capsys.readouterr().err.splitlines())


def test_a_picture_of_some_channels_says_of_how_many(monkeypatch):
    """In the same way for filters and for feature maps."""
    monkeypatch.setattr("explorer.report.images.SHOWN", 3)
    run = sample_runs()[0]
    model, data = Checkpoint(run).load(), run.config.load_data(None)
    for figure in (filters_of(run, "plain", model), maps_of(run, "plain", model, data)):
        for picture in figure.pictures:
            assert re.fullmatch(r"validation image 1|\S+: 3 of (4|16) (filters|maps)", picture.label)


def test_what_may_be_longer_than_a_page_goes_on_on_the_next():
    """Or it would begin a new page and leave the one before it half empty."""
    whole = {
        selector.strip()
        for selectors, rules in re.findall(r"([^{}]*)\{([^{}]*)\}", STYLE)
        if "break-inside: avoid" in rules
        for selector in selectors.split(",")
    }
    assert {"figure svg", ".pictures", "figcaption"} <= whole
    assert not whole & {"figure", ".finding", ".words", ".table", "table", "section", "p"}
