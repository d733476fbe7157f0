"""Weights are fetched once, wholly or not at all."""

import threading
import time

import pytest
import torch

from explorer.errors import UserError
from explorer.models.published import weights_of
from explorer.runs import load_model
from explorer.runs.fetch import fetch, sweep
from explorer.runs.published import find_published


def ignore(fraction: float, text: str) -> None:
    pass


def test_weights_are_fetched_once_with_progress(server, cache, theirs):
    run, shares = find_published("published-resnet18"), []
    fetch(run, lambda fraction, text: shares.append((fraction, text)))
    assert [file.name for file in cache.iterdir()] == [run.published.file]
    fractions = [fraction for fraction, _ in shares]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] > 0.99
    assert len(fractions) > 10
    assert "47 MB" in shares[-1][1]
    fetch(run, ignore)
    assert server.requests == 1
    assert torch.equal(load_model(run.id).head.weight, theirs.fc.weight)


def test_many_at_once_fetch_once(server, cache):
    run = find_published("published-resnet18")
    server.may_go_on.clear()
    threads = [threading.Thread(target=fetch, args=(run, ignore)) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    server.may_go_on.set()
    for thread in threads:
        thread.join(30)
    assert server.requests == 1
    assert [file.name for file in cache.iterdir()] == [run.published.file]


class Enough(Exception):
    """The visitor presses Stop."""


@pytest.mark.parametrize("how", ["stopped", "cut short", "damaged", "no internet"])
def test_an_interrupted_download_leaves_nothing_behind(server, cache, how, monkeypatch):
    run = find_published("published-resnet18")

    def progress(fraction: float, text: str) -> None:
        if how == "stopped" and fraction > 0.3:
            raise Enough

    if how == "cut short":
        server.sent = len(server.content) // 2
    elif how == "damaged":
        server.content = server.content[:-1] + bytes([server.content[-1] ^ 1])
    elif how == "no internet":
        monkeypatch.setattr(weights_of(run.published).value, "url", "http://127.0.0.1:9/weights.pth")
    with pytest.raises(Enough if how == "stopped" else UserError) as raised:
        fetch(run, progress)
    assert list(cache.iterdir()) == []
    if how != "stopped":
        assert "Cannot download the weights of published-resnet18 from 127.0.0.1" in str(raised.value)


def test_what_a_killed_process_left_is_swept_away(server, cache):
    run = find_published("published-resnet18")
    left = cache / f".{run.published.file}.123.part"
    left.write_bytes(b"half")
    (cache / f".{run.published.file}.lock").touch()
    sweep(run)
    assert list(cache.iterdir()) == []


def test_what_somebody_is_fetching_is_not_swept_away(server, cache):
    run = find_published("published-resnet18")
    server.may_go_on.clear()
    thread = threading.Thread(target=fetch, args=(run, ignore))
    thread.start()
    while not list(cache.glob(".*.part")):
        time.sleep(0.01)
    sweep(run)
    assert list(cache.glob(".*.part"))
    server.may_go_on.set()
    thread.join(30)
    assert run.is_here
