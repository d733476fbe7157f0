"""Home stands before anything slow is imported, and who comes before PyTorch is there reads so at once."""

import subprocess
import sys
import threading
from contextlib import contextmanager

from explorer.ui.serving import loading

from .conftest import ROOT

OPEN_HOME = """
import sys
from streamlit.testing.v1 import AppTest
from explorer.ui.serving import warm
warm.in_background = lambda: None  # what happens behind the page is not in its way
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
assert not app.exception, app.exception
assert app.title[0].value
print(sorted({"torch", "torchvision", "captum", "sklearn", "scipy", "pandas", "altair", "pyarrow"} & set(sys.modules)))
from explorer.ui.navigation import HOME, by_path
for entry in by_path().values():
    if not entry.needs_torch and entry is not HOME:
        app.switch_page(entry.file).run()
        assert not app.exception, app.exception
print("torch" in sys.modules)
"""


def test_opening_home_imports_nothing_slow(checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")  # as at the first visit
    done = subprocess.run([sys.executable, "-c", OPEN_HOME], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["[]", "False"]  # of Home; of the other pages that need no torch


def test_the_sentence_stands_while_torch_is_imported_and_never_again(monkeypatch):
    happened = []

    @contextmanager
    def spinner(text, show_time):
        happened.append(text)
        yield
        happened.append("gone")

    monkeypatch.setattr(loading, "_there", threading.Event())
    monkeypatch.setattr(loading.st, "spinner", spinner)
    monkeypatch.setitem(sys.modules, "torch", _Torch(happened))
    loading.torch_first()
    loading.torch_first()
    assert happened == [loading.SENTENCE, "used", "gone"]


class _Torch:
    """Notes that somebody has used it."""

    def __init__(self, happened) -> None:
        self._happened = happened

    def empty(self, *_, device):
        self._happened.append("used")
        return self

    def normal_(self) -> None: ...
