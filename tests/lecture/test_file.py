"""A lecture comes back from its file as it was; a file that is none is refused in one sentence, whatever is in it."""

import json

import pytest
from hypothesis import given, strategies as some

from explorer.errors import UserError
from explorer.lecture import MOST_VIEWS, Lecture, View, from_json, to_json

PAGES = {"home", "saliency", "curves"}
LINE = some.text('aé“ &=%#?+/\\:"', max_size=6).map(str.strip)
TEXT = some.lists(LINE.filter(bool), max_size=3).map("\n".join)
QUERY = some.dictionaries(LINE.filter(bool), some.lists(LINE, min_size=1, max_size=3).map(tuple), max_size=3)
VIEW = some.builds(View, some.sampled_from(sorted(PAGES)), QUERY, TEXT, TEXT, some.integers(0, 180))
LECTURE = some.builds(Lecture, LINE, some.lists(VIEW, max_size=4).map(tuple))
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
)


@given(LECTURE)
def test_it_comes_back_from_its_file(lecture: Lecture) -> None:
    assert from_json(to_json(lecture), PAGES) == lecture
    assert from_json(to_json(lecture).encode(), PAGES) == lecture


def file(**view: object) -> str:
    return json.dumps({"lecture": 1, "views": [{"link": "saliency", **view}]})


@given(JSON, some.sampled_from(["link", "sentence", "say", "minutes", "more"]))
def test_any_value_of_a_field_is_read_or_refused_in_a_sentence(value: object, name: str) -> None:
    refused = ""
    try:
        lecture = from_json(file(**{name: value}), PAGES)
    except UserError as error:
        refused = str(error)
    if refused:
        assert refused.startswith("View 1 ")
        assert refused.isprintable(), "in one line, too"
    else:
        assert from_json(to_json(lecture), PAGES) == lecture


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/saliency",
        "//example.org/saliency",
        "javascript:alert(1)",
        "data:text/html,x",
        "saliency#top",
        "../saliency",
        "/\\example.org",
        "nowhere",
        "",
        "http://[",
        "saliency?runs=\u202egpj",
        "saliency?runs=%00",
        "sal\niency",
    ],
)
def test_it_leads_to_pages_of_this_app_alone(link: str) -> None:
    with pytest.raises(UserError, match=r"View 1 has the link .* leads to no page of this app"):
        from_json(file(link=link), PAGES)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"views": []}',
        b'{"lecture": 1}',
        b'{"lecture": 2, "views": []}',
        b"[" * 100_000,
        b'{"lecture": 1, "views": ' + b"1" * 5000 + b"}",
    ],
)
def test_what_is_no_lecture_is_refused(text: bytes) -> None:
    with pytest.raises(UserError, match="not a lecture"):
        from_json(text, PAGES)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(UserError, match="at most 500,000"):
        from_json(b" " * 500_001, PAGES)
    many = json.dumps({"lecture": 1, "views": [{"link": "saliency"}] * (MOST_VIEWS + 1)})
    with pytest.raises(UserError, match="101 views; a lecture has at most 100"):
        from_json(many, PAGES)
    for name in ("sentence", "say", "link"):
        with pytest.raises(UserError, match=f"View 1 has the {name} “xxx.*at most"):
            from_json(file(**{name: "x" * 3001}), PAGES)


def test_how_a_view_is_shown_is_no_part_of_it() -> None:
    lecture = from_json(file(link="/saliency?number=2&present=true&lecture=own-3&class="), PAGES)
    assert lecture.views[0].link == "saliency?number=2&class="
