"""Records of runs that were never trained, and what can befall a run's folder."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from explorer.runs.record import DatasetRecord, ImageCounts


def images_of(fingerprint: str, name: str = "digits") -> DatasetRecord:
    """What a run says of its images, told apart by their fingerprint."""
    return DatasetRecord(name, fingerprint, ("no", "yes"), 1, 8, (0.5,), (0.5,), ImageCounts(6, 2, 2), "digit")


def edit_record(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change run.json behind the app's back."""
    content = json.loads((folder / "run.json").read_text())
    change(content)
    (folder / "run.json").write_text(json.dumps(content))


def copy_run(folder: Path, number: int) -> Path:
    """A second run, equal to the one in `folder`, under its own number."""
    copied = folder.with_name(f"{folder.name[:-5]}-{number:04d}")
    shutil.copytree(folder, copied)
    edit_record(copied, lambda content: content.update(id=copied.name))
    return copied


def edit_line(folder: Path, name: str, **values: Any) -> None:
    """Change the first line of a file of lines; a value None stands for a key that is gone."""
    first, rest = (folder / name).read_bytes().split(b"\n", 1)
    changed = {key: value for key, value in {**json.loads(first), **values}.items() if value is not None}
    (folder / name).write_bytes(json.dumps(changed).encode() + b"\n" + rest)


def append(folder: Path, name: str, content: bytes) -> None:
    with (folder / name).open("ab") as file:
        file.write(content)


# What befalls a run's folder → what the reason says why no page shows the run.
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "run.json is cut": (lambda run: (run / "run.json").write_text("{"), "No readable run.json"),
    "run.json is a list": (lambda run: (run / "run.json").write_text("[]"), "not a JSON object"),
    "another id": (lambda run: edit_record(run, lambda r: r.update(id="digits-mlp-9999")), "give the folder that name"),
    "a batch size of 0": (
        lambda run: edit_record(run, lambda r: r["config"]["training"].update(batch_size=0)),
        "batch",
    ),
    "options in a list": (lambda run: edit_record(run, lambda r: r["config"].update(options=[])), "options"),
    "no config": (lambda run: edit_record(run, lambda r: r.pop("config")), "no 'config'"),
    "no data set": (lambda run: edit_record(run, lambda r: r.pop("dataset")), "no 'dataset'"),
    "a size in words": (lambda run: edit_record(run, lambda r: r["dataset"].update(size="big")), "'big'"),
    "an accuracy of 7": (lambda run: edit_record(run, lambda r: r["best"].update(validation_accuracy=7)), "is 7, not"),
    "no validation images": (
        lambda run: edit_record(run, lambda r: r["dataset"]["images"].update(validation=0)),
        "validation is 0",
    ),
    "started yesterday": (lambda run: edit_record(run, lambda r: r.update(started_at="yesterday")), "'yesterday'"),
    "epochs.jsonl is gone": (lambda run: (run / "epochs.jsonl").unlink(), "0 of its 2 epochs"),
    "epochs.jsonl is empty": (lambda run: (run / "epochs.jsonl").write_bytes(b""), "0 of its 2 epochs"),
    "an epoch is cut": (
        lambda run: (run / "epochs.jsonl").write_bytes((run / "epochs.jsonl").read_bytes()[:-9]),
        "1 of its 2 epochs",
    ),
    "an epoch without a loss": (lambda run: edit_line(run, "epochs.jsonl", train_loss=None), "1 of its 2 epochs"),
    "a loss in words": (lambda run: edit_line(run, "epochs.jsonl", train_loss="low"), "1 of its 2 epochs"),
}

# What befalls it and is passed over: the pages show the run without it.
BLEMISHES: dict[str, Callable[[Path], object]] = {
    "keys of a newer version": lambda run: edit_record(run, lambda r: r["config"].update(ema=0.999)),
    "no device": lambda run: edit_record(run, lambda r: r.pop("device")),
    "no test result": lambda run: edit_record(run, lambda r: r.pop("test")),
    "an epoch that is none": lambda run: append(run, "epochs.jsonl", b"{}\n"),
    "half an epoch": lambda run: append(run, "epochs.jsonl", b'{"epoch": 3, "tra'),
    "a step that is none": lambda run: append(run, "steps.jsonl", b"{}\n[]\nnull\n\xff\xfe\n\n"),
    "a step in words": lambda run: edit_line(run, "steps.jsonl", loss="low"),
    "a step of another network": lambda run: edit_line(run, "steps.jsonl", gradient_norms=[1.0, 2.0]),
    "no steps": lambda run: (run / "steps.jsonl").unlink(),
    "no answers": lambda run: (run / "test_answers.npy").write_bytes(b""),
    "answers of something else": lambda run: (run / "test_answers.npy").write_bytes(b"PK\x03\x04 and so on"),
}
