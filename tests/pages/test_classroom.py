"""The app of a class, as its visitors see it."""

import pytest

from explorer.jobs.bounds import disk_of, expected_bytes
from explorer.runs import find, list_runs
from explorer.runs.owners import HOST, identify_with, owner_key
from explorer.ui.classroom import gate, visitor
from explorer.ui.classroom.host import HostLogin
from explorer.ui.serving import uploads
from tests.pages import markup
from tests.pages.conftest import open_page, words

PASSWORD = "correct horse"
BOB = "Bob $n$ :smile: :red[n]"


@pytest.fixture
def classroom(monkeypatch):
    """Nobody has come yet."""
    monkeypatch.setenv("EXPLORER_CLASS", "1")
    monkeypatch.setenv("EXPLORER_PASSWORD", PASSWORD)
    monkeypatch.setattr(visitor, "_names", type(visitor._names)())
    login = HostLogin()
    for module in (gate, visitor):
        monkeypatch.setattr(module, "LOGIN", login)
    yield
    identify_with(lambda: HOST)


def enter(app, name: str):
    """Give a name, and come to the page."""
    app.text_input(key=gate.TYPED).input(name)
    app.button[0].click().run()
    return app


def by_label(elements, label: str):
    return [element for element in elements if element.label == label]


def test_a_class_works_as_it_says(classroom, checkpoints):
    """A name is asked for once; one's own runs can be stopped and named, those of others not, but by the host."""
    train = "pages/train/train.py"
    ada, bob = open_page(train), open_page(train)
    assert ada.title[0].value == "What is your name?"
    assert not by_label(ada.button, "Start training")
    enter(ada, "Ada")
    assert ada.title[0].value == "How does a network learn?"
    assert owner_key("browser", ada.session_state[visitor.NUMBER]) in uploads._visitors.values()
    enter(bob, "ada")
    assert "Somebody else is called 'ada' here" in words(bob)
    enter(bob, BOB)
    by_label(ada.button, "Start training")[0].click().run()
    (run,) = list_runs()
    assert (run.record.who, run.status) == ("Ada", "queued")
    bob.run()
    assert bob.get("progress")[0].proto.text == "Ada: Next in the queue."
    assert [len(by_label(app.button, "Stop")) for app in (ada, bob)] == [1, 0]
    assert not by_label(bob.button, "Use the cluster")
    bob.text_input(key=gate.RENAMED).input("Ada").run()
    assert "Somebody else is called 'Ada' here" in words(bob)
    assert bob.text_input(key=gate.RENAMED).value == BOB
    assert not markup.rendered(bob)
    bob.text_input(key=gate.RENAMED).input(" Robert ").run()
    assert bob.session_state[visitor.NAME] == "Robert"

    def log_in(given: str) -> None:
        bob.text_input(key=gate.GIVEN).input(given)
        by_label(bob.button, "Become the host")[0].click().run()

    log_in("a guess")
    assert "That is not the host's password. Tries left for now: 4." in words(bob)
    assert not by_label(bob.button, "Stop")
    log_in(PASSWORD)
    by_label(bob.button, "Stop")[0].click().run()
    assert find(run.id).status == "stopped"
    by_label(bob.button, "Stop being the host")[0].click().run()
    assert not by_label(bob.button, "Resume")
    by_label(ada.run().button, "Resume")[0].click().run()
    assert (find(run.id).status, find(run.id).record.owner) == ("queued", run.record.owner)


def test_what_a_run_will_write_is_foreseen(trained):
    """For the disk of each visitor, within a tenth."""
    for run in list_runs(trained):
        assert expected_bytes(run.config) == pytest.approx(disk_of(run), rel=0.1)
