"""Home stands before torch is imported."""

import subprocess
import sys

from .conftest import ROOT

OPEN_HOME = """
import sys
from streamlit.testing.v1 import AppTest
from explorer.ui import warm
warm.in_background = lambda: None  # what happens behind the page is not in its way
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
assert not app.exception, app.exception
assert app.title[0].value
print(sorted({"torch", "torchvision", "captum", "sklearn"} & set(sys.modules)))
"""


def test_opening_home_imports_neither_torch_nor_torchvision_nor_captum(checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")  # as at the first visit
    done = subprocess.run([sys.executable, "-c", OPEN_HOME], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
