"""`python -m explorer.samples`: train the runs that come with the app anew and put them into explorer/samples; then
`python -m explorer.ui.home.portrait` draws their pictures on Home.

One thread of the CPU, so that the same machine makes the same runs again; another CPU or another version of torch
changes the last digits, and with them after some steps the curves.
"""

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from explorer.data import load
from explorer.jobs.train_run import train_run
from explorer.runs import Run, RunConfig, create
from explorer.runs.folder import SAMPLES, write_atomically
from explorer.runs.weights import saved_epochs, weights_file
from explorer.samples import PAIR


def main(target: Path = SAMPLES) -> None:
    """Train the pair one after the other, and replace the folders below `target`."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as aside:
        for name, config in PAIR.items():
            run = train(config, Path(aside))
            print(f"{name}: test accuracy {run.test_accuracy:.1%}", file=sys.stderr)
            keep(run, target / name)


def train(config: RunConfig, folder: Path) -> Run:
    """The finished run. Raises RuntimeError saying why it did not finish."""
    on_cpu = replace(config, training=replace(config.training, device="cpu", precision="float32"))
    run = train_run(create(on_cpu, folder, status="running"), loader=lambda *_: load(config.dataset))
    if run.status != "finished":
        raise RuntimeError(f"{run.id} {run.status}: {run.reason}")
    return run


def keep(run: Run, target: Path) -> None:
    """Put a finished run into a folder of its own, as small as it can be: the weights of each epoch once, since the
    best and the last are two of them, and nothing to resume from."""
    shutil.rmtree(target, ignore_errors=True)
    (target / "weights").mkdir(parents=True)
    for epoch in saved_epochs(run):
        file = weights_file(run, epoch)
        shutil.copyfile(file, target / "weights" / file.name)
    for file in run.path.glob("[!.]*"):
        if file.is_file():
            shutil.copyfile(file, target / file.name)
    content = json.loads((run.path / "run.json").read_bytes()) | {"id": target.name}
    write_atomically(target / "run.json", json.dumps(content, indent=1).encode())


if __name__ == "__main__":
    main()
