"""A lecture as a file: JSON that can be read and written by hand; every field is checked on import."""

import json
from collections.abc import Collection

from explorer.errors import UserError
from explorer.lecture.views import LONGEST, MOST_MINUTES, MOST_VIEWS, Lecture, View, cleaned, parsed_link

VERSION = 1
LARGEST = 500_000  # bytes
QUOTED = 60  # the most characters of a wrong value that a message repeats


def to_json(lecture: Lecture) -> str:
    """Indented JSON that `from_json` reads."""
    views = [
        {"link": view.link, "sentence": view.sentence, "say": view.say, "minutes": view.minutes}
        for view in lecture.views
    ]
    return json.dumps({"lecture": VERSION, "title": lecture.title, "views": views}, indent=2, ensure_ascii=False)


def from_json(text: bytes | str, pages: Collection[str] | None) -> Lecture:
    """A lecture whose views are on `pages`, this app's own; None: any pages are allowed.

    Raises UserError that says what is wrong, and in which view.
    """
    if len(text) > LARGEST:
        raise UserError(f"The file has {len(text):,} bytes; a lecture has at most {LARGEST:,}.")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("lecture") != VERSION or not isinstance(found.get("views"), list):
        raise UserError("The file is not a lecture: choose a JSON file that “Export” on this page has made.")
    if len(found["views"]) > MOST_VIEWS:
        raise UserError(f"The file has {len(found['views']):,} views; a lecture has at most {MOST_VIEWS}.")
    views = tuple(_view(nth, each, pages) for nth, each in enumerate(found["views"], 1))
    return Lecture(cleaned(_text(found, "title", "The lecture")), views)


def _view(nth: int, found: object, pages: Collection[str] | None) -> View:
    where = f"View {nth}"
    if not isinstance(found, dict):
        raise UserError(f"{where} is {_quoted(found)}: it must be an object with link, sentence, say and minutes.")
    link = _text(found, "link", where)  # unchanged: `cleaned` would hide characters that must be refused
    try:
        page, query = parsed_link(link, pages)
    except ValueError:
        raise UserError(
            f"{where} has the link {_quoted(link)}, which leads to no page of this app: write a page and its choices, "
            f"such as saliency?number=2."
        ) from None
    minutes = found.get("minutes", 0)
    if type(minutes) is not int or not 0 <= minutes <= MOST_MINUTES:
        raise UserError(f"{where} takes {_quoted(minutes)} minutes: write a whole number from 0 to {MOST_MINUTES}.")
    sentence, say = (cleaned(_text(found, name, where)) for name in ("sentence", "say"))
    return View(page, query, sentence, say, minutes)


def _text(found: dict, name: str, where: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST[name]:
        raise UserError(f"{where} has the {name} {_quoted(value)}: write a text of at most {LONGEST[name]} characters.")
    return value


def _quoted(value: object) -> str:
    text = cleaned(str(value)[: QUOTED + 1]).replace("\n", " ")
    return f"“{text[:QUOTED]}{'…' if len(text) > QUOTED else ''}”"
