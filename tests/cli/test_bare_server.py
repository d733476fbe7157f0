"""Training and its benchmarks run on a server with torch, torchvision, safetensors, filelock and typer alone."""

import subprocess
import sys

BLOCKED = """
import sys
from importlib.machinery import ModuleSpec
ABSENT = "streamlit altair captum pandas sklearn scipy lazy_loader markdown_it vl_convert ray lightning".split()
class Absent:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name.split(".")[0] in ABSENT else None
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        raise ModuleNotFoundError(f"No module named {module.__name__!r}", name=module.__name__)
sys.meta_path.insert(0, Absent())
import benchmarks.gpu
from explorer.cli import main
for command in (["train", "--dataset", "shapes", "--model", "mlp", "--epochs", "1", "--device", "cpu"], ["list"],
                ["evaluate", "shapes-mlp-0001"]):
    assert main([*command, *sys.argv[1:]]) == 0, command
"""


def test_train_list_and_evaluate_without_the_screen(tmp_path):
    command = [sys.executable, "-c", BLOCKED, "--checkpoints", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    trained, *listed = [line for line in done.stdout.splitlines() if "shapes-mlp-0001" in line]
    assert trained == "shapes-mlp-0001"
    assert listed
