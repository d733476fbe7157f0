"""How `python -m explorer` begins and ends."""

import gc
import signal

from explorer.__main__ import run


def test_the_end_of_a_command_does_not_walk_through_all_that_it_has_imported(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["explorer", "studies"])
    handler = signal.getsignal(signal.SIGTERM)
    try:
        assert run() == 0
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
        signal.signal(signal.SIGTERM, handler)
    assert "cnn-vs-resnet" in capsys.readouterr().out
