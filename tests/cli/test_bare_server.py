"""Training runs on a server that has neither streamlit, altair nor captum."""

import subprocess
import sys

BLOCKED = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"streamlit", "altair", "captum"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from explorer.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_train_list_and_evaluate_without_the_screen(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-c", BLOCKED, *arguments, "--checkpoints", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    trained = run("train", "--model", "mlp", "--epochs", "1", "--device", "cpu")
    assert trained.returncode == 0, trained.stderr
    run_id = trained.stdout.splitlines()[-1]
    assert run_id in run("list").stdout
    assert run("evaluate", run_id).returncode == 0
