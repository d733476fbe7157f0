"""A view is kept where it is seen, stands in the lecture, and is shown again as it was; the app's own lecture opens."""

import pytest

from explorer.lecture import SAMPLE, to_json
from explorer.ui.lecture import session
from explorer.ui.navigation import by_path

from .conftest import follow, go_to, open_page, words

PAGE = "pages/start/lecture.py"


def press(app, label):
    next(button for button in app.button if label in (button.label, button.help)).click().run()
    assert not app.exception, app.exception
    assert not app.error, [each.value for each in app.error]


def sentences(app):
    return [view.sentence for view in app.session_state[session.KEPT].views]


def test_views_are_kept_put_in_order_and_shown_as_they_were(with_runs):
    app = open_page("pages/explain/mistakes.py", part="by-class")
    for sentence in ("First *one*", "Second"):
        app.text_input(key="sentence-to-add").set_value(sentence)
        press(app, "Add this view")
    go_to(app, PAGE)
    assert "2 views, 0 minutes" in app.header[0].value
    assert any(r"First \*one\*" in each.value for each in app.markdown), "no markup is made of it"
    press(app, "Move view 2 up")
    assert sentences(app) == ["Second", "First *one*"]
    press(app, "Remove view 1")
    assert sentences(app) == ["First *one*"]
    links = [each.proto.query_string for each in app.get("page_link") if each.proto.label == "Present"]
    assert len(links) == 1
    for part in ("part=by-class", "present=true", "lecture=own-1"):
        assert part in links[0]


def test_a_file_becomes_the_lecture_or_says_why_not(checkpoints):
    app = open_page(PAGE)
    app.file_uploader[0].set_value(("mine.json", to_json(SAMPLE).encode(), "application/json"))
    press(app, "Import")
    assert app.session_state[session.KEPT] == SAMPLE
    bad = b'{"lecture": 1, "views": [{"link": "https://example.org"}]}'
    app.file_uploader[0].set_value(("bad.json", bad, "application/json"))
    next(button for button in app.button if button.label == "Import").click().run()
    assert [each.value for each in app.error if "leads to no page of this app" in each.value]
    assert app.session_state[session.KEPT] == SAMPLE


def test_the_lecture_of_the_app_opens_and_its_links_fit(checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    app = open_page(PAGE)
    assert "15 views, 45 minutes" in app.header[0].value
    for at, view in enumerate(SAMPLE.views):
        entry, query = session.link_to(session.SAMPLE_NAME, at, present=True)
        app.switch_page(entry.file)
        follow(app, **query)
        assert not app.exception, view
        assert not app.error, view
        assert "The link asks for" not in words(app), view
        assert app.header, view


@pytest.mark.parametrize("place", ["own-1", "sample-0", "sample-16", "sample-x", "sample-²", "other-1", "sample"])
def test_a_link_to_no_view_of_a_lecture_is_a_link_to_the_page(checkpoints, place):
    app = open_page("pages/train/perceptron.py", present="true", lecture=place)
    assert not app.exception
    assert not app.error


def test_every_view_of_the_app_leads_to_a_page():
    assert {view.page for view in SAMPLE.views} <= set(by_path())
