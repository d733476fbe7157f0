"""Where the system lets nobody replace a file that is open, as Windows, we try again until its reader is done."""

from datetime import UTC, datetime

import pytest

from explorer.data import files_in_use
from explorer.data.files_in_use import replace
from explorer.errors import UserError
from explorer.runs import RunConfig, create, find
from explorer.runs.trash import delete, trashed


@pytest.fixture
def windows(monkeypatch):
    """As there: what is in use cannot be moved."""
    monkeypatch.setattr(files_in_use, "WINDOWS", True)
    monkeypatch.setattr("explorer.runs.trash.WINDOWS", True)
    monkeypatch.setattr(files_in_use, "SECONDS", 0.1)


class InUse:
    """A file that cannot be moved so many times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def replace(self, path) -> None:
        self.times -= 1
        if self.times >= 0:
            raise PermissionError(13, "in use", str(path))


def test_a_file_in_use_is_replaced_once_its_reader_is_done(windows, tmp_path):
    replace(InUse(2), tmp_path)
    with pytest.raises(PermissionError):
        replace(InUse(10_000), tmp_path)


def test_elsewhere_nobody_waits(tmp_path):
    file = InUse(1)
    with pytest.raises(PermissionError):
        replace(file, tmp_path)
    assert file.times == 0


def test_a_run_is_deleted_without_its_lock_held_and_twice_in_one_tick(windows, checkpoints, monkeypatch):
    first, second = (create(RunConfig("digits", "mlp"), status="finished") for _ in range(2))
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    with monkeypatch.context() as stopped:
        stopped.setattr("explorer.runs.trash.datetime", type("Clock", (), {"now": lambda zone: moment}))
        delete(first.id)
        delete(second.id)
    assert {run.id for run in trashed()} == {first.id, second.id}


def test_a_run_that_a_program_has_open_is_not_deleted_and_said(windows, checkpoints, monkeypatch):
    run = create(RunConfig("digits", "mlp"), status="finished")

    def refuse(folder, path) -> None:
        raise PermissionError(13, "in use", str(folder))

    monkeypatch.setattr("explorer.runs.trash.rename", refuse)
    with pytest.raises(UserError, match=f"A program has a file of {run.id} open: close it"):
        delete(run.id)
    assert find(run.id).status == "finished"
