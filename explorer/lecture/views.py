"""What a lecture is: views of this app's pages in order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlencode, urlsplit

from explorer.errors import UserError

MOST_VIEWS = 100
LONGEST = {"title": 120, "sentence": 200, "say": 3_000, "link": 3_000}  # characters
MOST_MINUTES = 180  # at one view
OF_THE_STAGE = ("present", "lecture")  # parts of a link that determine how a view is shown, not what


@dataclass(frozen=True)
class View:
    """A page and its link, what it shows in a sentence, what to say there, and for how many minutes (0 to 180)."""

    page: str
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentence: str = ""
    say: str = ""
    minutes: int = 0

    @property
    def link(self) -> str:
        """Page and choices, such as `saliency?runs=sample-plain`; without the address of the app."""
        query = urlencode(self.query, doseq=True)
        return f"{self.page}?{query}" if query else self.page


@dataclass(frozen=True)
class Lecture:
    """Views in the order in which they are shown."""

    title: str
    views: tuple[View, ...] = ()

    @property
    def minutes(self) -> int:
        """The minutes of all views together."""
        return sum(view.minutes for view in self.views)

    def added(self, view: View) -> "Lecture":
        """The lecture with one more view at the end. Raises UserError if it is full."""
        if len(self.views) >= MOST_VIEWS:
            raise UserError(f"A lecture has at most {MOST_VIEWS} views: remove one first.")
        return replace(self, views=(*self.views, view))

    def reordered(self, at: int, by: int) -> "Lecture":
        """The lecture with the view `at` moved by `by` places, as far as possible."""
        views = list(self.views)
        view = views.pop(at)
        views.insert(min(max(at + by, 0), len(views)), view)
        return replace(self, views=tuple(views))

    def removed(self, at: int) -> "Lecture":
        """The lecture without the view `at`."""
        return replace(self, views=self.views[:at] + self.views[at + 1 :])

    def changed(self, at: int, sentence: str, say: str, minutes: int) -> "Lecture":
        """The lecture with another sentence, text to say and minutes for the view `at`."""
        view = replace(self.views[at], sentence=cleaned(sentence), say=cleaned(say), minutes=minutes)
        return replace(self, views=(*self.views[:at], view, *self.views[at + 1 :]))


def view_of(page: str, query: Mapping[str, Sequence[str]], sentence: str) -> View:
    """The view on screen; parts of the link that only say how it is shown are left out."""
    kept = {key: tuple(parts) for key, parts in query.items() if key not in OF_THE_STAGE}
    return View(page, kept, cleaned(sentence))


def parsed_link(link: str, pages: Collection[str] | None) -> tuple[str, dict[str, tuple[str, ...]]]:
    """(page, query) of a link such as `View.link`.

    Raises ValueError if it does not lead to one of this app's `pages`; if `pages` is None, only if it is not a link
    within the app.
    """
    parts = urlsplit(link)  # raises ValueError for an invalid address
    page = parts.path.removeprefix("/")
    known = pages is None or page in pages
    if parts.scheme or parts.netloc or parts.fragment or not known or not link.isprintable():
        raise ValueError(link)
    query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=200)
    if not all(text.isprintable() for key, texts in query.items() for text in (key, *texts)):
        raise ValueError(link)
    return page, {key: tuple(texts) for key, texts in query.items() if key not in OF_THE_STAGE}


def cleaned(text: str) -> str:
    """The text without characters that cannot be displayed or that change the writing direction."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines).strip()
