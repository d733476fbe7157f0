"""A report as a folder: Markdown with the figures as SVG and PNG and the tables as CSV."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from explorer.charts.images import png_bytes
from explorer.errors import UserError
from explorer.report.content import CONCLUSION, INTRODUCTION, Figure, Report, Section, Statement, Table
from explorer.report.html import command, link, numbered, split_verdict
from explorer.report.picture import png
from explorer.report.table_text import literal
from explorer.spreadsheet import csv_text

# Marks the start of a tag, of an image, or of a link that runs code.
MARKUP = re.compile(r"<(?=[A-Za-z/!?])|!(?=\[)|\](?=\(\s*(?:javascript|vbscript|data):)", re.IGNORECASE)


def write(report: Report, out: Path) -> None:
    """Write the report into a new folder. Raises UserError if the path exists, or if it cannot be made."""
    if out.exists():
        raise UserError(f"{out} exists: choose another --out, or remove it.")
    try:
        out.mkdir(parents=True)
        for name, content in files(report).items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise UserError(f"Cannot write {out} ({error.strerror}): choose another place.") from error


def zipped(report: Report) -> bytes:
    """The folder as a zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(report).items():
            archive.writestr(f"report/{name}", content)
    return made.getvalue()


def files(report: Report) -> dict[str, bytes]:
    """Name → content: report.md, and the files that it links to."""
    made: dict[str, bytes] = {}
    text = "\n\n".join(_paragraphs(report, made)) + "\n"
    return {"report.md": text.encode(), **made}


def _paragraphs(report: Report, made: dict[str, bytes]) -> Iterator[str]:
    request = report.request
    yield f"# {literal(report.title)}"
    if by := " · ".join(text for text in (request.authors, request.date) if text):
        yield literal(by)
    yield literal(report.question)
    answer, evidence = split_verdict(report.verdict)
    yield f"**{literal(answer)}**"
    if evidence:
        yield literal(evidence)
    yield from _quoted(request.words.get(INTRODUCTION, ""))
    numbers = {"Figure": 0, "Table": 0, "Finding": 0}
    for section in report.sections:
        yield from _section(report, section, numbers, made)
    yield from _quoted(request.words.get(CONCLUSION, ""))
    yield "## Make it again"
    yield f"In the app: {_code(link(request))}"
    yield f"On the command line: {_code(command(request))}"


def _section(report: Report, section: Section, numbers: dict[str, int], made: dict[str, bytes]) -> Iterator[str]:
    yield f"## {literal(section.title)}"
    for block in section.blocks:
        if isinstance(block, str):
            yield literal(block)
        elif isinstance(block, Table):
            made[f"{block.key}.csv"] = _csv(block).encode()
            yield f"**{numbered('Table', numbers)}.** {literal(block.caption)}. ([CSV]({block.key}.csv))"
            yield _table(block)
        elif isinstance(block, Figure):
            yield from _figure(block, made)
            yield f"**{numbered('Figure', numbers)}.** {literal(block.caption)} {literal(block.alt)}"
            yield from _quoted(report.request.words.get(block.key, ""))
        else:
            yield _statement(block, numbered("Finding", numbers))


def _quoted(words: str) -> Iterator[str]:
    """The author's Markdown with links but without images; tags are shown as typed."""
    if words:
        words = MARKUP.sub(r"\\\g<0>", words)
        yield "\n".join(f"> {line}" for line in words.split("\n"))


def _code(text: str) -> str:
    """A code span for any text: between more backticks than the text has in a row."""
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _figure(figure: Figure, made: dict[str, bytes]) -> Iterator[str]:
    if figure.svg:
        made[f"{figure.key}.svg"] = figure.svg.encode()
        made[f"{figure.key}.png"] = png(figure.svg)
        yield f"![{literal(figure.alt)}]({figure.key}.svg)"
    for number, picture in enumerate(figure.pictures, start=1):
        name = f"{figure.key}-{number}.png"
        made[name] = png_bytes(picture.pixels)
        yield f"{literal(picture.label)}: ![{literal(picture.label)}]({name})"


def _statement(found: Statement, name: str) -> str:
    rows = [f"**{name}.** {literal(found.sentence)}", f"- Rule: {literal(found.rule)}"]
    rows += [f"- Threshold: {literal(found.threshold)}"] if found.threshold else []
    return "\n".join([*rows, *(f"- {literal(what)}: {literal(value)}" for what, value in found.numbers)])


def _table(table: Table) -> str:
    rows = [map(literal, table.columns), ["---"] * len(table.columns)]
    written = [[literal(cell.text) for cell in row] for row in table.rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in [*rows, *written])


def _csv(table: Table) -> str:
    return csv_text([table.columns, *([cell.text for cell in row] for row in table.rows)])
