"""What the first visitor of a server waits for is said; nobody after them waits."""

from contextlib import nullcontext

import pytest

from explorer.runs import RunConfig, create, listing
from explorer.ui.serving import loading


@pytest.fixture
def said(monkeypatch, checkpoints):
    """What stands beside the spinner."""
    sentences: list[str] = []
    monkeypatch.setattr(loading.st, "spinner", lambda text, **_: sentences.append(text) or nullcontext())
    monkeypatch.setattr(listing, "_scans", {})
    create(RunConfig("digits", "mlp"))
    return sentences


def test_the_first_visitor_reads_that_runs_are_read(said):
    for _ in range(2):
        loading.runs_first()
    assert said == [loading.READING]


def test_a_server_reads_its_runs_before_anybody_comes(said):
    loading.read_runs()
    loading.runs_first()
    assert said == []


def test_a_folder_that_cannot_be_read_is_no_traceback_at_the_start(said, monkeypatch):
    def refuse(path: str) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(listing.os, "scandir", refuse)
    loading.read_runs()
