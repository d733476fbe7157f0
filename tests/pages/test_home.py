"""Home leads to every page, and a run that was deleted does not break it."""

from explorer.runs import list_runs, sample_runs
from explorer.samples import PAIR

from .conftest import open_page, words

HOME = "pages/start/home.py"


def test_every_page_but_home_is_one_link_away(checkpoints):
    app = open_page(HOME)
    from explorer.ui import navigation  # not before the app runs: its pages belong to a session
    from explorer.ui.home.questions import QUESTIONS

    pages = {entry.title: entry for section in navigation.PAGES.values() for entry in section}
    asked = {question: entry.title for entry, question, _ in QUESTIONS}
    links = [asked.get(link.label, link.label) or link.proto.page for link in app.page_link]
    assert len(QUESTIONS) == 6
    assert sorted(links) == sorted(pages.keys() - {"Home"})


def test_a_demo_run_that_was_deleted_is_forgotten(checkpoints):
    app = open_page(HOME)
    links = len(app.page_link)
    app.session_state["started-demo"] = ["digits-simple_cnn-9999"]
    app.run()
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    assert len(app.page_link) == links, "nothing is watched"


def test_the_first_visit_shows_the_samples_with_their_numbers(checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    app = open_page(HOME)
    plain, residual = sample_runs()
    shown = words(app)
    assert not app.exception, app.exception
    for run in (plain, residual):
        assert f"{100 * run.test_accuracy:.1f} %" in shown
    assert "times as large without skip connections" in shown
    assert "these two networks differ" in shown


def test_the_button_queues_the_pair_of_the_samples(checkpoints):
    app = open_page(HOME)
    next(button for button in app.button if button.label == "Train the demo pair").click().run()
    assert not app.exception, app.exception
    assert [run.config for run in reversed(list_runs())] == list(PAIR.values())
    assert [run.status for run in list_runs()] == ["queued", "queued"]
