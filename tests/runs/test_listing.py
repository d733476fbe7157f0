"""The list of all runs: true at every look; where looks are shared, at once for one's own changes, soon for others'."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.runs import RunConfig, create, list_runs, listing, trash
from explorer.runs.equal import training_the_same, trains_the_same
from explorer.runs.store import damaged_runs, listed
from explorer.training import TrainConfig

CONFIG = RunConfig("digits", "mlp")


@pytest.fixture
def shared(monkeypatch):
    """As in a server; a look serves until somebody distrusts it."""
    monkeypatch.setattr(listing, "_shares", True)
    monkeypatch.setattr(listing, "SERVES", 1e9)
    monkeypatch.setattr(listing, "AT_MOST", 1e9)


def rename_elsewhere(path, name: str) -> None:
    """As another process does."""
    record = json.loads((path / "run.json").read_text()) | {"name": name}
    aside = path / "aside"
    aside.write_text(json.dumps(record))
    aside.replace(path / "run.json")


def test_what_others_change_is_seen_at_the_next_look(checkpoints):
    run, other = create(CONFIG), create(CONFIG)
    before = listed()
    assert listed() is before
    rename_elsewhere(run.path, "elsewhere")
    assert [each.given_name for each in list_runs()] == [None, "elsewhere"]
    assert list_runs()[0] is before.runs[0], "what has not changed is not read again"
    (run.path / "run.json").write_text("{")
    assert list_runs() == [other]
    assert [each.id for each in damaged_runs()] == [run.id]
    other.path.rename(checkpoints / "away")
    assert list_runs() == []


def test_a_shared_look_serves_all_for_a_moment(checkpoints, shared, monkeypatch):
    run = create(CONFIG)
    before = listed()
    rename_elsewhere(run.path, "elsewhere")
    with monkeypatch.context() as unseen:
        unseen.setattr(os, "scandir", lambda path: pytest.fail("looked again"))
        assert listed() is before
    monkeypatch.setattr(listing, "_shares", False)
    assert list_runs()[0].given_name == "elsewhere"


def test_a_page_sees_the_runs_of_one_moment_however_long_it_takes(checkpoints, monkeypatch):
    monkeypatch.setattr(listing, "_shares", True)
    monkeypatch.setattr(listing, "AT_MOST", -1.0)  # every look is too old by the next one
    run = create(CONFIG)
    with listing.one_scan():
        before = listed()
        rename_elsewhere(run.path, "elsewhere")
        assert listed() is before
        own = run.change(note="one's own change is seen at once")
        assert list_runs() == [own.reload()]
        rename_elsewhere(run.path, "once more")
        with ThreadPoolExecutor() as others:
            assert others.submit(list_runs).result()[0].given_name == "once more"
    assert list_runs()[0].given_name == "once more"


def test_without_sharing_every_look_is_a_new_one(checkpoints):
    run = create(CONFIG)
    with listing.one_scan():
        assert list_runs()[0].given_name is None
        rename_elsewhere(run.path, "elsewhere")
        assert list_runs()[0].given_name == "elsewhere"


def test_a_shared_look_is_never_older_than_it_says(checkpoints, monkeypatch):
    monkeypatch.setattr(listing, "_shares", True)
    monkeypatch.setattr(listing, "SERVES", 1e9)
    monkeypatch.setattr(listing, "AT_MOST", 0.02)
    run = create(CONFIG)
    list_runs()
    rename_elsewhere(run.path, "elsewhere")
    time.sleep(0.03)
    assert list_runs()[0].given_name == "elsewhere"
    monkeypatch.setattr(listing, "WHILE_IDLE", 1e9)  # but for a folder in which nothing is under way
    run.change(status="finished")
    list_runs()
    rename_elsewhere(run.path, "later")
    time.sleep(0.03)
    assert list_runs()[0].given_name == "elsewhere"


def test_ones_own_changes_are_seen_at_once(checkpoints, shared):
    assert list_runs() == []
    run = create(CONFIG)
    assert list_runs() == [run]
    run = run.change(status="finished")
    assert list_runs() == [run]
    trash.delete(run.id)
    assert list_runs() == []
    trash.restore(run.id)
    assert [each.id for each in list_runs()] == [run.id]


def test_equal_runs_are_found_by_what_they_train(checkpoints):
    configs = [CONFIG, RunConfig("digits", "mlp", training=TrainConfig(seed=1)), RunConfig("digits", "simple_cnn")]
    configs += [RunConfig("digits", "mlp", training=TrainConfig(device="cpu"))]
    configs += [RunConfig("digits", "mlp", unknown={"ema": [0.9]}), RunConfig("digits", "mlp", {"batch_norm": False})]
    runs = [create(config) for config in configs]
    for config in configs:
        alike = [run for run in reversed(runs) if trains_the_same(run.config, config)]
        assert [run.id for run in training_the_same(config, listed())] == [run.id for run in alike]
