"""How often a worker looks for queued runs: at once where there is one, rarely where a look takes long."""

import pytest

from explorer.jobs import supervisor, worker
from explorer.jobs.worker import REST_AT_MOST, RESTS, QueueWatch
from explorer.runs import RunConfig, create, list_runs, listing


@pytest.fixture
def clock(monkeypatch):
    """The time, which goes on when we say so."""
    now = [100.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize("took", [0.001, 0.01, 10.0])
def test_looks_take_a_small_share_of_a_core(checkpoints, clock, took):
    watch = QueueWatch(checkpoints)
    assert watch.is_due()
    with watch.looking():
        clock[0] += took
    rest = min(RESTS * took, REST_AT_MOST)
    clock[0] += 0.99 * rest
    assert not watch.is_due()
    clock[0] += 0.02 * rest
    assert watch.is_due()


def test_a_new_run_and_an_ended_one_do_not_wait(checkpoints, clock):
    watch = QueueWatch(checkpoints)
    with watch.looking():
        clock[0] += 10
    assert not watch.is_due()
    create(RunConfig("digits", "mlp"))
    assert watch.is_due()
    with watch.looking():
        clock[0] += 10
    assert not watch.is_due()
    watch.look_now()
    assert watch.is_due()


def test_a_folder_is_read_under_one_name(checkpoints, monkeypatch):
    """Who starts the worker names it in full; the runs would be read, and kept, twice."""
    monkeypatch.chdir(checkpoints.parent)
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", checkpoints.name)
    monkeypatch.setattr(listing, "_scans", {})
    monkeypatch.setattr(supervisor, "_ensure", lambda *_: None)
    create(RunConfig("digits", "mlp"))
    list_runs()
    supervisor.ensure_worker()
    assert len(listing._scans) == 1
