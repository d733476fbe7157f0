"""Which runs a page watches: the same, however many there are beside them, and without a look at each of those."""

import itertools

import pytest

from explorer.runs import RunConfig, create, list_runs
from explorer.runs.folder import Run
from explorer.runs.store import listed
from explorer.ui.train import live


@pytest.fixture
def runs(checkpoints):
    """Of every status two, the newest of which have ended."""
    for status in ("running", "queued", "finished", "stopped") * 2:
        create(RunConfig("digits", "mlp"), status=status)
    return list_runs()


def test_what_is_watched_is_found_without_a_walk(runs):
    ids = [run.id for run in runs]
    for started in itertools.chain([()], itertools.combinations([*ids, "gone-0009"], 2)):
        assert live.watched_of(listed(), started) == live.watched(runs, started)


def test_where_nothing_is_under_way_the_newest_is_watched(checkpoints):
    assert live.watched_of(listed()) == []
    first, second = (create(RunConfig("digits", "mlp"), status="finished") for _ in range(2))
    assert live.watched_of(listed()) == [second]
    assert live.watched_of(listed(), [first.id]) == [first]


def test_runs_that_have_ended_are_not_looked_at_again(runs, monkeypatch):
    live.watched_of(found := listed())
    looked_at = []
    monkeypatch.setattr(Run, "status", property(lambda run: looked_at.append(run.id) or run.record.status))
    live.watched_of(found)
    assert set(looked_at) == {run.id for run in found.active}
