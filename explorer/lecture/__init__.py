"""A lecture: views of this app in order, each with a sentence, what to say and minutes; stored as a small JSON file."""

from explorer.lecture.file import from_json, to_json
from explorer.lecture.sample import SAMPLE
from explorer.lecture.views import MOST_VIEWS, Lecture, View, view_of

__all__ = ["MOST_VIEWS", "SAMPLE", "Lecture", "View", "from_json", "to_json", "view_of"]
