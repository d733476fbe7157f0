"""epochs.jsonl and steps.jsonl: appended a line at a time, read back as arrays and tables."""

import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.runs.folder import Run, find, write_atomically

if TYPE_CHECKING:
    import pandas

EPOCH_COLUMNS = (
    "epoch",
    "train_loss",
    "validation_loss",
    "train_accuracy",
    "validation_accuracy",
    "learning_rate",
    "seconds",
    "images_per_second",
)


TEST_ANSWERS = "test_answers.npy"


@dataclass(frozen=True)
class Steps:
    """What every recorded step of a run measured. A number that was not finite is NaN."""

    step: np.ndarray  # int64 (n,), 1-based
    epoch: np.ndarray  # int64 (n,), 1-based
    loss: np.ndarray  # float32 (n,), mean per image of the batch
    accuracy: np.ndarray  # float32 (n,), a fraction
    parameters: tuple[str, ...]
    norms: np.ndarray  # float32 (n, parameters), L2 norms of the gradients


@dataclass(frozen=True)
class Looks:
    """What was measured beside the gradients at every 50th step: how large the weights are and how far they moved.

    L2 norms, float32 (n, parameters); the updates are what the optimizer really changed. NaN where not finite.
    """

    step: np.ndarray  # int64 (n,)
    epoch: np.ndarray  # int64 (n,)
    parameters: tuple[str, ...]
    gradients: np.ndarray
    weights: np.ndarray
    updates: np.ndarray


def append(path: Path, rows: list[dict[str, Any]]) -> None:
    """Append a line a row, in one write; a number that is not finite becomes null."""
    lines = "".join(json.dumps(_finite(row), separators=(",", ":")) + "\n" for row in rows)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_lines(path: Path) -> list[dict[str, Any]]:
    """All complete lines; a last line that a dying process left half-written is not one."""
    if not path.is_file():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


def epoch_rows(run: Run) -> list[dict[str, Any]]:
    """The epochs of a run so far, as epochs.jsonl says them."""
    return read_lines(run.path / "epochs.jsonl")


def best_of(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """epoch, validation_accuracy and validation_loss of the first epoch with the highest accuracy; None of none."""
    best = max(rows, key=lambda row: row["validation_accuracy"], default=None)
    return best and {key: best[key] for key in ("epoch", "validation_accuracy", "validation_loss")}


def epochs(run_ids: list[str], folder: Path | str | None = None) -> "pandas.DataFrame":
    """One row a run and epoch: run and EPOCH_COLUMNS. Losses are means per image, accuracies fractions."""
    import pandas

    rows = [{"run": run_id, **row} for run_id in run_ids for row in epoch_rows(find(run_id, folder))]
    frame = pandas.DataFrame(rows, columns=["run", *EPOCH_COLUMNS])
    numbers = {column: "int64" if column == "epoch" else "float64" for column in EPOCH_COLUMNS}
    return frame.astype(numbers)


def steps(run_id: str, folder: Path | str | None = None) -> Steps:
    """The recorded steps of a run so far; arrays of length 0 before the first."""
    run = find(run_id, folder)
    rows = read_lines(run.path / "steps.jsonl")
    names = tuple(run.info.get("parameter_names", ()))
    norms = np.array([row["gradient_norms"] for row in rows], dtype=np.float32).reshape(len(rows), len(names))
    return Steps(
        np.array([row["step"] for row in rows], dtype=np.int64),
        np.array([row["epoch"] for row in rows], dtype=np.int64),
        np.array([row["loss"] for row in rows], dtype=np.float32),
        np.array([row["accuracy"] for row in rows], dtype=np.float32),
        names,
        norms,
    )


def looks(run_id: str, folder: Path | str | None = None) -> Looks:
    """The steps of a run at which its weights were looked at; arrays of length 0 before the first."""
    run = find(run_id, folder)
    rows = [row for row in read_lines(run.path / "steps.jsonl") if "update_norms" in row]
    names = tuple(run.info.get("parameter_names", ()))

    def norms(key: str) -> np.ndarray:
        return np.array([row[key] for row in rows], dtype=np.float32).reshape(len(rows), len(names))

    step, epoch = (np.array([row[key] for row in rows], dtype=np.int64) for key in ("step", "epoch"))
    return Looks(step, epoch, names, norms("gradient_norms"), norms("weight_norms"), norms("update_norms"))


def keep_answers(run: Run, labels: np.ndarray, predictions: np.ndarray) -> None:
    """Keep what a finished run answered to each test image, so that two runs can be compared image by image."""
    content = io.BytesIO()
    np.save(content, np.stack([labels, predictions]).astype(np.int32), allow_pickle=False)
    write_atomically(run.path / TEST_ANSWERS, content.getvalue())


def answers_of(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """(labels, predictions), int32 (N,) each, in the order of the test split; None for a run that has not finished."""
    try:
        labels, predictions = np.load(run.path / TEST_ANSWERS, allow_pickle=False)
    except (OSError, ValueError):  # absent, or cut short while a folder was copied
        return None
    return labels, predictions


def cut(path: Path, epochs_done: int) -> None:
    """Drop what lies behind epoch `epochs_done`, and a half-written last line, before a run is resumed."""
    kept = [row for row in read_lines(path) if row["epoch"] <= epochs_done]
    write_atomically(path, "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in kept).encode())
