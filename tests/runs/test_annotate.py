"""What a person says of a run is kept as it was written, beside all else that the run says."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from explorer.errors import UserError
from explorer.runs import RunConfig, annotate, create, find
from explorer.runs.names import run_names

CONFIG = RunConfig("digits", "simple_cnn")
VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters=annotate._BIDI))


@pytest.fixture
def run(checkpoints):
    return create(CONFIG)


@given(VISIBLE.filter(bool).filter(lambda text: len(text) <= 40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_visible_name_is_kept_and_shown(run, name):
    named = annotate.rename(run, f"  {name} ")
    again = annotate.rename(run, named.record.name)
    assert find(run.id).record == again.record == named.record  # what is kept can be given once more
    assert run_names([find(run.id)]) == {run.id: named.record.name}


def test_markdown_is_data(run):
    assert annotate.rename(run, "**[x](y)** $a$").record.name == "**[x](y)** $a$"


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "\x1b[31mred", "\u202eabc", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused_in_a_sentence(run, name):
    with pytest.raises(UserError, match=r"control character|at most 80"):
        annotate.rename(run, name)
    assert find(run.id).record.name is None


def test_an_empty_name_gives_back_the_one_made_from_what_differs(run):
    annotate.rename(run, "mine")
    assert annotate.rename(run, "  ").record.name is None
    assert run_names([find(run.id)]) == {run.id: "simple_cnn"}


def test_a_note_keeps_its_lines(run):
    assert annotate.note(run, " one\r\ntwo\n").record.note == "one\ntwo"
    assert annotate.note(run, "").record.note is None
    with pytest.raises(UserError, match="at most 4,000"):
        annotate.note(run, "x" * 4001)


def test_tags_are_kept_once_and_in_their_order(run):
    assert annotate.tag(run, ["b", "a ", "b"]).record.tags == ("b", "a")
    assert annotate.tag(run, ["c"]).record.tags == ("b", "a", "c")
    assert annotate.untag(run, ["a"]).record.tags == ("b", "c")
    with pytest.raises(UserError, match=r"has no tag 'a'. Its tags are: b, c"):
        annotate.untag(run, ["a"])
    for impossible in ("", "a,b", "x\n"):
        with pytest.raises(UserError):
            annotate.tag(run, [impossible])
    with pytest.raises(UserError, match="it can have 20"):
        annotate.tag(run, map(str, range(20)))


def test_star_and_archive_can_be_taken_back(run):
    assert annotate.star(run).record.starred
    assert not annotate.star(run, False).record.starred
    assert annotate.archive(run).record.archived
    assert not annotate.archive(run, False).record.archived


def test_what_is_said_while_a_run_trains_is_not_lost_and_loses_nothing(run):
    def train():
        for epoch in range(40):
            find(run.id).change(message=f"epoch {epoch}")
        find(run.id).change(status="finished")

    training = threading.Thread(target=train)
    training.start()
    for number in range(40):
        annotate.tag(run, [f"t{number % 10}"])
        annotate.note(run, f"note {number}")
    training.join()
    after = find(run.id).record
    assert (after.status, after.message, after.note) == ("finished", "epoch 39", "note 39")
    assert after.tags == tuple(f"t{number}" for number in range(10))
