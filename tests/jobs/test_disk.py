"""A disk that is full or read-only, and processes that were killed: a sentence, and nothing half-made stays."""

import errno
import json
import os
import time

import pytest

from explorer.cli import main
from explorer.jobs import ensure_worker, supervisor
from explorer.jobs.worker import SECONDS_TO_BEGIN, mark_orphans_failed
from explorer.runs import RunConfig, create, find, list_runs
from explorer.runs.folder import SECONDS_TO_WRITE, remove_partials

CONFIG = RunConfig("digits", "mlp")


def failing(number: int):
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "run.json")

    return fail


def test_a_start_on_a_full_disk_leaves_nothing_behind(checkpoints, monkeypatch, capsys):
    with monkeypatch.context() as full:
        full.setattr("explorer.runs.store.write_atomically", failing(errno.ENOSPC))
        assert main(["train", "--dataset", "digits", "--model", "mlp", "--epochs", "1"]) == 2
    assert "The disk is full" in capsys.readouterr().err
    assert not [path.name for path in checkpoints.iterdir() if path.is_dir()]
    assert create(CONFIG).id in {run.id for run in list_runs()}


def test_a_read_only_folder_is_a_sentence_and_needs_no_worker(checkpoints, monkeypatch, capsys):
    monkeypatch.setattr("explorer.runs.store.FileLock", failing(errno.EROFS))
    assert main(["train", "--dataset", "digits", "--model", "mlp", "--epochs", "1"]) == 2
    assert "make it writable" in capsys.readouterr().err
    monkeypatch.setattr(supervisor, "_ensure", failing(errno.EROFS))
    ensure_worker()


def test_a_killed_run_of_the_command_line_is_found_while_a_worker_lives(checkpoints, capsys):
    killed, alive, begins = (create(CONFIG, status="running") for _ in range(3))
    for run in (killed, alive):
        os.utime(run.path / "run.json", (0, time.time() - SECONDS_TO_BEGIN - 1))
    with alive.lock():
        mark_orphans_failed(checkpoints, SECONDS_TO_BEGIN)
        assert [find(run.id).status for run in (killed, alive, begins)] == ["failed", "running", "running"]
    assert "resume" in (find(killed.id).reason or "")
    assert main(["list", "--json"]) == 0
    status = {row["id"]: row["status"] for row in json.loads(capsys.readouterr().out)}
    assert status == {killed.id: "failed", alive.id: "failed", begins.id: "running"}


def test_half_written_files_of_the_dead_are_removed(checkpoints):
    run = create(CONFIG)
    (run.path / "weights").mkdir()
    old, new = run.path / "weights" / ".last.1-a.partial", run.path / ".run.json.1-a.partial"
    folder = checkpoints / ".digits-mlp-0009.1.partial"
    folder.mkdir()
    for path in (old, new):
        path.write_bytes(b"half")
    for path in (old, folder):
        os.utime(path, (0, time.time() - SECONDS_TO_WRITE - 1))
    remove_partials(run.path)
    remove_partials(checkpoints)
    assert [path.exists() for path in (old, new, folder)] == [False, True, False]


def test_another_error_of_the_system_keeps_its_traceback(checkpoints, monkeypatch):
    monkeypatch.setattr("explorer.runs.store.damaged_runs", failing(errno.EIO))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        main(["list"])
