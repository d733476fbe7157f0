"""The README's command opens the app to this machine alone."""

import re
import tomllib
from pathlib import Path

import pytest
from websockets import Origin
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from explorer.ui.serving.server import who_reaches_it
from tests.serving import LOG, serving


def test_the_server_listens_on_this_machine_alone():
    """With an address given, streamlit does not look up its external one either."""
    config = tomllib.loads((Path(__file__).parents[1] / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "localhost"
    assert config["browser"]["serverAddress"] == "localhost"


def test_who_opens_it_to_others_is_told_what_that_means(monkeypatch):
    monkeypatch.setenv("EXPLORER_CLASS", "0")
    assert [who_reaches_it(host) for host in ("localhost", "127.0.0.1", "::1")] == ["", "", ""]
    assert "whoever opens it can stop and delete every run" in who_reaches_it("0.0.0.0")
    monkeypatch.setenv("EXPLORER_DEMO", "1")
    assert "visitors can only look" in who_reaches_it("0.0.0.0")
    monkeypatch.delenv("EXPLORER_DEMO")
    monkeypatch.setenv("EXPLORER_CLASS", "1")
    assert who_reaches_it("localhost") == ""
    assert re.fullmatch(r"Your class opens the app at http://\S+:\d+/", who_reaches_it("0.0.0.0"))
    assert who_reaches_it("10.0.0.7").startswith("Your class opens the app at http://10.0.0.7:")


LISTENER = """
import socket, sys
def hear(event, args):
    sends = event == "socket.connect" and args[0].type != socket.SOCK_DGRAM and args[0].family != socket.AF_UNIX
    if sends or event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print("ASKED", event, args[1:] if sends else args, file=sys.stderr, flush=True)
sys.addaudithook(hear)
sys.argv += ["--server.address", "0.0.0.0"]  # as docs/classroom.md starts it
"""


@pytest.mark.slow
def test_a_class_asks_no_address_of_the_internet(tmp_path):
    """Not at the start, where streamlit looks up its external address for the one that it prints, and not when a page
    of another origin connects, where it does so to compare."""
    password = {"EXPLORER_CLASS": "1", "EXPLORER_PASSWORD": "correct horse"}
    with serving(tmp_path, LISTENER, **password) as url:
        address = f"{url.replace('http', 'ws')}/_stcore/stream"
        with pytest.raises(InvalidStatus), connect(address, origin=Origin("http://evil.example.org")):
            pass
        with connect(address, origin=Origin(url)):
            pass
    log = (tmp_path / LOG).read_text()
    assert "Your class opens the app at" in log
    assert [line for line in log.splitlines() if "ASKED" in line and "127.0.0.1" not in line] == []
