"""Weights files made by a test where torch looks for published ones, and a server that hands them out."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
from torchvision.models import get_model

from explorer.models.published import PUBLISHED, Published, weights_of
from explorer.runs.published import find_published


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty folder where torch keeps downloads."""
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def theirs():
    """torchvision's ResNet-18 as a few images have moved its statistics: random, but no layer is as it began."""
    torch.manual_seed(0)
    model = get_model("resnet18")
    with torch.no_grad():
        model(torch.rand(4, 3, 64, 64))
    return model.eval()


@pytest.fixture
def resnet18(cache, theirs):
    """The model, with a weights file that the test made in torch's cache."""
    torch.save(theirs.state_dict(), cache / PUBLISHED["resnet18"].file)
    return find_published("published-resnet18")


class Server(ThreadingHTTPServer):
    """Serves one file, slowly or partly if asked to, and counts how often."""

    def __init__(self, content: bytes):
        self.content, self.sent, self.requests = content, len(content), 0
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.requests += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        half = self.server.sent // 2
        self.wfile.write(self.server.content[:half])
        self.wfile.flush()
        self.server.may_go_on.wait(20)
        self.wfile.write(self.server.content[half : self.server.sent])

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def server(cache, theirs, tmp_path, monkeypatch):
    """ResNet-18's weights on a server of this test, under a name that ends in the first digits of their sha256."""
    torch.save(theirs.state_dict(), tmp_path / "made.pth")
    content = (tmp_path / "made.pth").read_bytes()
    with Server(content) as server:
        monkeypatch.setitem(PUBLISHED, "resnet18", _served(content, server, monkeypatch))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.may_go_on.set()
        server.shutdown()


def _served(content: bytes, server: Server, monkeypatch) -> Published:
    file = f"resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    weights = weights_of(PUBLISHED["resnet18"])
    monkeypatch.setattr(weights.value, "url", f"http://127.0.0.1:{server.server_port}/{file}")
    return Published("resnet18", "V1", file)
