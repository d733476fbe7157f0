"""The author's own words beside the figures of a report: written in the app, stored beside the runs."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from explorer.errors import UserError
from explorer.mode import check_no_demo
from explorer.report.content import Request
from explorer.runs.folder import checkpoints_folder, write_atomically
from explorer.runs.owners import acting

FOLDER = ".reports"  # in the checkpoints folder; a run's name never begins with a dot
LONGEST = 5000  # characters beside one figure
MOST_REPORTS = 500  # reports per person


def read_words(request: Request, folder: Path | str | None = None) -> dict[str, str]:
    """Key of a figure → Markdown; empty if nobody has written anything. Raises UserError if the file is damaged."""
    file = _file(request, folder)
    try:
        words = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(
            f"The words of this report in {file} cannot be read ({error}): mend or remove the file."
        ) from error
    if not isinstance(words, dict) or not all(isinstance(text, str) for text in words.values()):
        raise UserError(f"{file} does not hold the words of a report: mend or remove the file.")
    return words


def write_words(request: Request, key: str, text: str, folder: Path | str | None = None) -> None:
    """Store the text beside the figure `key`; "" removes it. Raises UserError if it is too long."""
    check_no_demo()
    if len(text) > LONGEST:
        raise UserError(f"The text has {len(text):,} characters; {LONGEST:,} fit beside a figure: shorten it.")
    file = _file(request, folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists() and len(list(file.parent.iterdir())) >= MOST_REPORTS:
        raise UserError(f"Words of {MOST_REPORTS} reports are kept in {file.parent}: remove some of these files.")
    text = "\n".join(text.splitlines())  # so that every system can read it back
    words = {**read_words(request, folder), key: text.strip()}
    kept = {name: written for name, written in words.items() if written}
    write_atomically(file, json.dumps(kept, indent=1, ensure_ascii=False).encode())


def subject(request: Request) -> str:
    """What the words belong to: the study, the lecture with this title, or these runs in any order."""
    of = json.loads(request.lecture)["title"] if request.lecture else " ".join(sorted(request.runs))
    return request.study or hashlib.sha256(of.encode()).hexdigest()[:16]


def _file(request: Request, folder: Path | str | None) -> Path:
    """In a class each visitor has a file; otherwise, and on the command line, there is only the host's."""
    return checkpoints_folder(folder) / FOLDER / (acting().owner or "") / f"{subject(request)}.json"


def with_words(request: Request, folder: Path | str | None = None) -> Request:
    """The request with the words that were written for it."""
    return replace(request, words=read_words(request, folder))
