"""A report as one HTML file: it fetches nothing, runs no script, and each number states its origin."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from html import escape, unescape
from shlex import quote
from typing import Any, NamedTuple
from urllib.parse import urlencode

from explorer.charts.images import data_url
from explorer.errors import UserError
from explorer.report.content import (
    CONCLUSION,
    INTRODUCTION,
    MOST_RUNS,
    Computed,
    Figure,
    Origin,
    Report,
    Request,
    Section,
    Statement,
    Table,
)
from explorer.report.recipe import Recipe
from explorer.report.style import STYLE

META, RECIPES = "architecture-explorer-report", "architecture-explorer-runs"
SHORT = 12  # rows of a table that is not split across pages
NUMBERS = re.compile(r"(?<=\d) (?=%)|(?<=[=<≤≥]) (?=\d)")  # the space within a number
WHOLE = re.compile(r"(?=[-−+<>–]? ?\d|[0-9a-f]{16}$).{1,20}")  # a cell that stays on one line: a short number, a hash
NARROW = 2  # columns of a longer table that is set in two halves side by side
DAMAGED = "The report does not say which runs it is about: its first lines are damaged."


class Line(NamedTuple):
    """A line of the file, and the part of the report that it belongs to."""

    place: str
    text: str
    computed: Computed | None = None  # the number in it, if a network computes it here


def lines(report: Report) -> list[Line]:
    """The whole file, line by line: the same report gives the same lines."""
    return list(_lines(report))


def to_html(report: Report) -> str:
    """The whole file."""
    return "".join(f"{line.text}\n" for line in lines(report))


def request_of(page: str) -> Request:
    """The request that this file was made from. Raises UserError if the file is not a report."""
    found = re.search(rf'<meta name="{META}" content="([^"]*)">', page)
    if not found:
        raise UserError("This file is not a report of this app: it does not say which runs it is about.")
    try:
        values: Any = json.loads(unescape(found[1]))
        values["runs"] = tuple(values["runs"])
        request = Request(**values)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(DAMAGED) from error
    if not _is_valid(request):
        raise UserError(DAMAGED)
    return request


def recipes_of(page: str) -> dict[str, Recipe]:
    """How the runs of a report were trained, by id. Raises UserError if the report does not say so."""
    found = re.search(rf'<meta name="{RECIPES}" content="([^"]*)">', page)
    try:
        recipes: Any = json.loads(unescape(found[1])) if found else None
    except ValueError:
        recipes = None
    if not isinstance(recipes, dict) or not all(isinstance(recipe, dict) for recipe in recipes.values()):
        raise UserError("The report does not say how its runs were trained: its first lines are damaged.")
    return recipes


def _is_valid(request: Request) -> bool:
    texts = (
        request.study,
        request.size,
        request.lecture,
        request.version,
        request.title,
        request.authors,
        request.date,
        *request.runs,
    )
    tables = (request.names, request.words)
    if not all(isinstance(table, dict) for table in tables):
        return False
    if len(request.runs) > MOST_RUNS or len(request.runs) != len({*map(str, request.runs)}):
        return False
    entries = [text for table in tables for pair in table.items() for text in pair]
    return all(isinstance(text, str) for text in (*texts, *entries)) and set(request.runs) <= set(request.names)


def _lines(report: Report) -> Iterator[Line]:
    request = report.request
    meta = escape(json.dumps(asdict(request), ensure_ascii=False))
    recipes = escape(json.dumps(report.recipes, ensure_ascii=False))
    top = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="{META}" content="{meta}">',
        f'<meta name="{RECIPES}" content="{recipes}">',
        f"<title>{escape(report.title)}</title>",
        "<style>",
        *STYLE.strip().split("\n"),
        "</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{escape(report.title)}</h1>",
    ]
    yield from (Line("the head", text) for text in top)
    by = " · ".join(escape(text) for text in (request.authors, request.date) if text)
    if by:
        yield Line("the names and the date", f'<p class="by">{by}</p>')
    yield Line("the question", f'<p class="question">{escape(report.question)}</p>')
    answer, evidence = split_verdict(report.verdict)
    yield Line("the verdict", f'<p class="verdict">{_prose(answer)}</p>')
    if evidence:
        yield Line("the verdict", f"<p>{_prose(evidence)}</p>")
    yield from (Line("the introduction", text) for text in _words(request.words.get(INTRODUCTION, "")))
    numbers = {"Figure": 0, "Table": 0, "Finding": 0}
    for section in report.sections:
        yield from _section(section, request, numbers)
    yield from (Line("the conclusion", text) for text in _words(request.words.get(CONCLUSION, "")))
    yield Line("Make it again", "<section><h2>Make it again</h2>")
    yield Line("Make it again", f"<p>In the app: <code>{escape(link(request))}</code></p>")
    yield Line("Make it again", f"<p>On the command line: <code>{escape(command(request))}</code></p>")
    yield Line(
        "Make it again",
        "<p>Check every line of it against the runs: <code>python -m explorer verify FILE.html</code>; without them, "
        "by training them again: <code>python -m explorer verify FILE.html --train</code></p></section>",
    )
    yield from (Line("the end", text) for text in ("</main>", "</body>", "</html>"))


def split_verdict(verdict: str) -> tuple[str, str]:
    """(the first sentence, the rest), which is shown below it in lighter letters."""
    answer, stop, evidence = verdict.partition(". ")
    return (f"{answer}.", evidence) if stop else (verdict, "")


def link(request: Request) -> str:
    """The address of the page that makes the report, to be appended to the app's address."""
    if request.lecture:
        query = {"about": "lecture"}
    elif request.study:
        query = {"about": "study", "report-study": request.study}
        query |= {"report-size": request.size} if request.size else {}  # reports of version 0.2.0 lack it
    else:
        query = {"runs": request.runs}
    facts = (("report-title", request.title), ("report-authors", request.authors))
    return "/report?" + urlencode(query | {key: text for key, text in facts if text}, doseq=True)


def command(request: Request) -> str:
    """The command line that makes the report."""
    subject = ["--study", request.study] if request.study else ["--lecture", "lecture.json"] if request.lecture else []
    what = " ".join([*request.runs, *subject])
    given = (("title", request.title), ("authors", request.authors))
    options = "".join(f" --{name} {quote(text)}" for name, text in given if text)
    return f"python -m explorer report {what}{options} --out report.html"


def _section(section: Section, request: Request, numbers: dict[str, int]) -> Iterator[Line]:
    yield Line(section.title, f"<section><h2>{escape(section.title)}</h2>")
    for block in section.blocks:
        if isinstance(block, str):
            yield Line(section.title, f"<p>{_prose(block)}</p>")
        elif isinstance(block, Table):
            yield from _table(block, numbered("Table", numbers))
        elif isinstance(block, Figure):
            yield from _figure(block, numbered("Figure", numbers), request.words.get(block.key, ""))
        else:
            yield from _statement(block, numbered("Finding", numbers))
    yield Line(section.title, "</section>")


def numbered(kind: str, numbers: dict[str, int]) -> str:
    """ "Figure 3"; counts up in `numbers`."""
    numbers[kind] += 1
    return f"{kind} {numbers[kind]}"


def _table(table: Table, name: str) -> Iterator[Line]:
    layout = " short" if len(table.rows) <= SHORT else " narrow" if len(table.columns) == NARROW else ""
    yield Line(name, f'<div class="table{layout}" id="{escape(table.key)}"><table>')
    yield Line(name, f"<caption><b>{name}.</b> {escape(table.caption)}.</caption>")
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    yield Line(name, f"<thead><tr>{heads}</tr></thead><tbody>")
    for row in table.rows:
        first, *others = row
        yield Line(f"{name}, {first.text}", f'<tr><th scope="row">{escape(first.text)}</th>')
        for column, cell in zip(table.columns[1:], others, strict=True):
            place = f"{name}, {first.text}, {column}" if column else f"{name}, {first.text}"
            kept = f' data-value="{cell.computed.kept}"' if cell.computed else ""
            whole = ' class="whole"' if WHOLE.fullmatch(cell.text) else ""
            yield Line(place, f"<td{whole}{_from(cell.origin)}{kept}>{escape(cell.text)}</td>", cell.computed)
        yield Line(name, "</tr>")
    yield Line(name, "</tbody></table></div>")


def _figure(figure: Figure, name: str, words: str) -> Iterator[Line]:
    yield Line(name, f'<figure id="{escape(figure.key)}"{_from(figure.origin)}>')
    if figure.svg:
        spoken = f'<svg role="img" aria-label="{escape(figure.alt)}" '
        yield Line(name, figure.svg.replace("<svg ", spoken, 1))
    else:
        yield Line(name, '<div class="pictures">')
        for picture in figure.pictures:
            spoken = escape(f"{picture.label}. {figure.alt}")
            size = f'width="{picture.pixels.shape[1]}" height="{picture.pixels.shape[0]}"'
            source = data_url(picture.pixels)
            label = escape(picture.label)
            yield Line(
                f"{name}, {picture.label}", f'<div><span>{label}</span><img {size} alt="{spoken}" src="{source}"></div>'
            )
        yield Line(name, "</div>")
    caption = f"<b>{name}.</b> {_prose(figure.caption)} {_prose(figure.alt)}"
    yield Line(f"{name}, its caption", f"<figcaption>{caption}</figcaption>")
    yield from (Line(f"{name}, the words beside it", text) for text in _words(words))
    yield Line(name, "</figure>")


def _words(words: str) -> Iterator[str]:
    """Markdown as HTML that runs no script and fetches nothing: tags are shown as typed."""
    if not words:
        return
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_block", "html_inline"])
    yield '<div class="words">'
    yield from markdown.render(words).rstrip("\n").split("\n")
    yield "</div>"


def _statement(found: Statement, name: str) -> Iterator[Line]:
    yield Line(name, f'<div class="finding"{_from(found.origin)}>')
    yield Line(name, f"<p><b>{name}.</b> {_prose(found.sentence)}</p>")
    yield Line(f"{name}, its rule", f"<p>Rule: {_prose(found.rule)}</p>")
    if found.threshold:
        yield Line(f"{name}, its threshold", f"<p>Threshold: {escape(found.threshold)}</p>")
    if found.numbers:
        yield Line(name, "<ul>")
        for what, value in found.numbers:
            yield Line(f"{name}, {what}", f"<li>{escape(what)}: {escape(value)}</li>")
        yield Line(name, "</ul>")
    yield Line(name, "</div>")


def _prose(text: str) -> str:
    """Escaped text in which no line break separates a number from its unit or sign: 91.4 %, p = 0.04."""
    return escape(NUMBERS.sub("\u00a0", text))


def _from(origin: Origin) -> str:
    """Attributes that state the origin of an element."""
    if not origin.runs:
        return ""
    runs, hashes = escape(" ".join(origin.runs)), " ".join(origin.hashes)
    return f' data-run="{runs}" data-file="{escape(origin.file)}" data-hash="{hashes}"'
