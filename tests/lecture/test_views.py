"""Putting views in order loses none and makes none; the lecture that comes with the app keeps its promises."""

import subprocess
import sys

import pytest
from hypothesis import given, strategies as some

from explorer.errors import UserError
from explorer.lecture import MOST_VIEWS, SAMPLE, Lecture, View, from_json, to_json, view_of
from explorer.samples import PAIR
from explorer.ui.navigation import by_path

LECTURE = Lecture("Five", tuple(View("home", sentence=str(n)) for n in range(5)))
AT = some.integers(0, 4)


@given(AT, some.integers(-9, 9))
def test_a_view_that_moves_keeps_the_order_of_the_others(at: int, by: int) -> None:
    reordered = LECTURE.reordered(at, by)
    assert reordered.views[min(max(at + by, 0), 4)] == LECTURE.views[at]
    left = [view for view in reordered.views if view != LECTURE.views[at]]
    assert left == list(LECTURE.removed(at).views)


@given(AT)
def test_changed_words_leave_the_view_and_the_others(at: int) -> None:
    changed = LECTURE.changed(at, "One\u202eway", "Say\r\nthis", 7)
    assert changed.views[at] == View("home", {}, "One way", "Say\nthis", 7)
    assert changed.removed(at) == LECTURE.removed(at)
    assert changed.minutes == 7


def test_a_lecture_is_full_at_some_time() -> None:
    lecture = Lecture("Full", (View("home"),) * MOST_VIEWS)
    with pytest.raises(UserError, match="at most 100 views"):
        lecture.added(View("home"))


def test_a_view_is_what_its_link_shows() -> None:
    view = view_of("saliency", {"number": ["2"], "present": ["true"], "lecture": ["own-1"]}, " Look ")
    assert view == View("saliency", {"number": ("2",)}, "Look")


def test_the_lecture_of_the_app_lasts_45_minutes_and_can_be_exported() -> None:
    assert SAMPLE.minutes == 45
    assert from_json(to_json(SAMPLE), by_path()) == SAMPLE
    assert all(view.sentence and view.say and view.minutes for view in SAMPLE.views)
    assert {run for view in SAMPLE.views for run in view.query.get("runs", ())} == set(PAIR)


def test_it_needs_neither_torch_nor_streamlit() -> None:
    code = "import sys, explorer.lecture; assert not {'torch', 'streamlit'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
