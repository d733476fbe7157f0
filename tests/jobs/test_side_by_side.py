"""Runs that train side by side are those that train one after another, bit by bit; the number of threads is kept."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

STUDY = ["study", "your-own", "--vary", "activation=relu,tanh", "--epochs", "1", "--seeds", "2", "--device", "cpu"]
BOTH = """
import sys
from explorer.cli import main
for workers in ("2", "1"):
    assert main([*sys.argv[2:], "--workers", workers, "--checkpoints", f"{sys.argv[1]}/{workers}"]) == 0
"""


def weights(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*/weights/*.safetensors"))
    return {str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_study_gives_the_same_weights_with_one_worker_and_with_two(tmp_path):
    done = subprocess.run([sys.executable, "-c", BOTH, tmp_path, *STUDY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(weights(tmp_path / "2")) == 4 * 4  # runs, each with epochs 0 and 1, best and last
    assert weights(tmp_path / "1") == weights(tmp_path / "2")
