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
app.switch_page("pages/explain/saliency.py").run()
assert not app.exception, app.exception
print(*{"torch", "torch._dynamo", "sympy"} & set(sys.modules))
"""


def test_a_page_imports_nothing_slow_that_it_does_not_need(checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")  # as at the first visit
    done = subprocess.run([sys.executable, "-c", OPEN_HOME], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Of Home; of the other pages that need no torch; of the first saliency map, which needs no compiler.
    assert done.stdout.splitlines()[-3:] == ["[]", "False", "torch"]


def test_the_sentence_stands_while_torch_is_imported_and_never_again(monkeypatch):
    happened = []

    @contextmanager
    def spinner(text, show_time):
        happened.append(text)
        yield
        happened.append("gone")

    monkeypatch.setattr(loading, "_there", _Event(happened))
    monkeypatch.setattr(loading.st, "spinner", spinner)
    loading.torch_first()
    loading.torch_first()
    assert happened == [loading.SENTENCE, "there", "gone"]


class _Event(threading.Event):
    """Notes when it is set."""

    def __init__(self, happened) -> None:
        super().__init__()
        self._happened = happened

    def set(self) -> None:
        self._happened.append("there")
        super().set()
