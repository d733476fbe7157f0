"""`report` and `verify`: runs, a study or a lecture as one HTML file, and whether it agrees with the runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.common import Checkpoints, Data
from explorer.errors import UserError

if TYPE_CHECKING:
    from explorer.lecture import Lecture

LARGEST = 50_000_000  # the most bytes of a file to check
ENDINGS: dict[str, dict] = {".html": {}, ".htm": {}}


def report(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE.html", help="The file to write; without an ending, a folder.")
    ],
    runs: Annotated[list[str] | None, typer.Argument(metavar="RUN…", help="Run ids, as `list` prints them.")] = None,
    study: Annotated[
        str | None,
        typer.Option("--study", metavar="NAME", help="The finished runs of a study; with run ids, only these."),
    ] = None,
    lecture: Annotated[
        Path | None, typer.Option("--lecture", metavar="FILE.json", help="A lecture, as the page Lecture exports it.")
    ] = None,
    title: Annotated[str, typer.Option(help="The title.")] = "",
    authors: Annotated[str, typer.Option(help="The names below the title.")] = "",
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> None:
    """Write a report of runs, of a study or of a lecture: one HTML file, or a folder with Markdown, SVG, PNG and CSV.

    It contains the words that were written in the app beside its figures.
    """
    from datetime import UTC, datetime

    from explorer.cli import outputs
    from explorer.report import build, folder, html, request as requests, words
    from explorer.runs.folder import write_atomically

    if sum((bool(study), bool(lecture), bool(runs and not study))) != 1:
        raise UserError("Give run ids, a study's name with --study NAME, or a lecture's file with --lecture FILE.json.")
    if out.suffix:
        outputs.check("--out", out, ENDINGS)
    facts = {"title": title, "authors": authors, "date": datetime.now(UTC).date().isoformat()}
    if study:
        request = requests.of_a_study(study, checkpoints, **facts, chosen=runs or [])
    elif lecture:
        request = requests.of_a_lecture(_lecture(lecture), checkpoints, **facts)
    else:
        request = requests.of_runs(runs or [], checkpoints, **facts)
    made = build.build(words.with_words(request, checkpoints), checkpoints, data)
    if out.suffix:
        write_atomically(out, html.to_html(made).encode())
    else:
        folder.write(made, out)
    print(out)


def _lecture(file: Path) -> "Lecture":
    from explorer.lecture import from_json

    try:
        return from_json(file.read_bytes(), None)
    except OSError as error:
        raise UserError(f"Cannot read {file} ({error.strerror}): give the file of a lecture.") from error


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE.html", help="A report.")],
    train: Annotated[
        bool, typer.Option("--train", help="Train the runs again from what the report says; no run folder is needed.")
    ] = False,
    checkpoints: Checkpoints = None,
    data: Data = None,
) -> None:
    """Compute every number and figure of a report again from the run folders; print the lines that differ.

    With --train from nothing but the report: its runs are trained again in a folder that is removed afterwards. Hashes
    are then not compared, and times are those of the report.

    Exit code 0 if all lines agree, 1 if not.
    """
    from explorer.report.verify import other_version

    try:
        if file.stat().st_size > LARGEST:
            raise UserError(f"{file} has more than {LARGEST // 1_000_000} MB: no report is that large.")
        page = file.read_text("utf-8")
    except OSError as error:
        raise UserError(f"Cannot read {file} ({error.strerror}): give the file of a report.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} is not a text file: give the HTML file of a report.") from error
    if made_by := other_version(page):
        print(made_by, file=sys.stderr)
    found = _by_training(page, data) if train else _from_folders(page, checkpoints, data)
    if found:
        print("\n".join(found))
        print(f"{len(found)} differences: the report does not agree with the runs.", file=sys.stderr)
        raise typer.Exit(1)
    print("Every line of the report agrees with the runs.")


def _from_folders(page: str, checkpoints: str | None, data: str | None) -> list[str]:
    from explorer.report.verify import verify as check

    return check(page, checkpoints, data)


def _by_training(page: str, data: str | None) -> list[str]:
    from explorer.report.retrain import trained_elsewhere, verify_by_training

    if elsewhere := trained_elsewhere(page):
        print(elsewhere, file=sys.stderr)
    return verify_by_training(page, data, lambda line: print(line, file=sys.stderr))
