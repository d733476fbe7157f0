"""What people write about a run: its name, a note, tags, a star, and whether it is archived. It is never code: pages
show it as written, and never as Markdown."""

import re
import unicodedata
from collections.abc import Iterable

from explorer.errors import UserError
from explorer.runs.folder import Run

LONGEST_NAME = 80  # characters
LONGEST_NOTE = 4000
LONGEST_TAG = 40
MOST_TAGS = 20
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they turn the text after them


def rename(run: Run, name: str) -> Run:
    """Give the run this name wherever it is shown; an empty name restores the one made from what sets it apart.

    Raises UserError if it cannot be shown in one line, or is too long.
    """
    return run.change(name=one_line("name", name, LONGEST_NAME) or None)


def note(run: Run, text: str) -> Run:
    """Replace the run's note; an empty one removes it.

    Raises UserError if it is too long.
    """
    written = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    _check("note", written.replace("\n", " ").replace("\t", " "), LONGEST_NOTE)
    return run.change(note=written or None)


def tag(run: Run, tags: Iterable[str]) -> Run:
    """Give the run these tags, in addition to its own. Raises UserError if one cannot be shown, or there would be too
    many."""
    cleaned = [one_line("tag", word, LONGEST_TAG) for word in tags]
    for word in cleaned:
        if not word or "," in word:
            raise UserError(f"The tag {word!r} is not possible: give a word or a few, without a comma.")
    tags_now = list(dict.fromkeys([*run.reload().record.tags, *cleaned]))
    if len(tags_now) > MOST_TAGS:
        raise UserError(f"{len(tags_now)} tags are too many for {run.id}: it can have {MOST_TAGS}, remove some first.")
    return run.change(tags=tags_now)


def untag(run: Run, tags: Iterable[str]) -> Run:
    """Remove these tags from the run. Raises UserError if it lacks one of them."""
    tags_now, gone = run.reload().record.tags, [one_line("tag", word, LONGEST_TAG) for word in tags]
    for word in gone:
        if word not in tags_now:
            raise UserError(f"{run.id} has no tag '{word}'. Its tags are: {', '.join(tags_now) or 'none'}.")
    return run.change(tags=[word for word in tags_now if word not in gone])


def star(run: Run, starred: bool = True) -> Run:
    """Star the run, or remove its star."""
    return run.change(starred=starred)


def archive(run: Run, archived: bool = True) -> Run:
    """Leave the run out of lists and first choices, or include it again; its files and its links stay the same."""
    return run.change(archived=archived)


def one_line(what: str, text: str, longest: int) -> str:
    """The text with its spaces collapsed and trimmed. Raises UserError if it cannot be shown in one line or is too
    long."""
    line = re.sub(r"[ \u00a0]+", " ", unicodedata.normalize("NFC", text)).strip(" ")
    _check(what, line, longest)
    return line


def _check(what: str, text: str, longest: int) -> None:
    hidden = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _BIDI), None)
    if hidden is not None:
        raise UserError(f"The {what} {text[:longest]!r} has a control character ({hidden!r}): leave it out.")
    if len(text) > longest:
        raise UserError(f"The {what} '{text[:20]}…' has {len(text):,} characters: give at most {longest:,}.")
