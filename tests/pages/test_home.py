"""Home leads to every page, and a run that was deleted does not break it."""

from .conftest import open_page

HOME = "pages/start/home.py"


def test_the_tiles_are_the_pages_less_home(checkpoints):
    app = open_page(HOME)
    from explorer.ui import navigation  # not before the app runs: its pages belong to a session

    pages = [page.title for section in navigation.PAGES.values() for page in section]
    assert sorted(link.label for link in app.page_link) == sorted(title for title in pages if title != "Home")


def test_a_demo_run_that_was_deleted_is_forgotten(checkpoints):
    app = open_page(HOME)
    links = len(app.page_link)
    app.session_state["demo"] = ["digits-simple_cnn-9999"]
    app.run()
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    assert len(app.page_link) == links, "nothing is watched"
