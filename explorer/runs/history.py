"""epochs.jsonl and steps.jsonl, a line at a time; epochs are read back as a table, steps in steps_file.py."""

import io
import json
import math
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from explorer.runs.folder import Run, write_atomically
from explorer.runs.store import find

if TYPE_CHECKING:
    import pandas

EPOCH_COLUMNS = (
    "epoch",
    "train_loss",
    "validation_loss",
    "train_accuracy",
    "validation_accuracy",
    "validation_balanced_accuracy",
    "running_accuracy",
    "learning_rate",
    "seconds",
    "images_per_second",
)


TEST_ANSWERS = "test_answers.npy"
PLAIN_LOSS = "cross-entropy"  # run.json's "recorded_loss"; older runs recorded the training loss that was minimised


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


def smoothing_in_training_loss(run: Run) -> float:
    """The label smoothing that is in a run's recorded training losses, in [0, 1): 0 but for older runs.

    An older run that was resumed has it in its first epochs only.
    """
    return 0.0 if run.info.get("recorded_loss") == PLAIN_LOSS else run.config.training.label_smoothing


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


def seconds_a_batch(run: Run) -> float | None:
    """What a training step took, by the images a second of training alone: the mean of an epoch, and the median of the
    epochs, so that a pause of the machine does not count; None before the first epoch ends."""
    rows = epoch_rows(run)
    if not rows:
        return None
    images = run.config.training.passes * run.info["dataset"]["images"]["train"]
    return median(images / run.info["steps_per_epoch"] / row["images_per_second"] for row in rows)


def epoch_batches(run: Run) -> list[int]:
    """How many images each step of an epoch saw; empty of an older run that cut its batches otherwise."""
    from explorer.training.batches import batch_sizes

    training = run.config.training
    sizes = batch_sizes(run.info["dataset"]["images"]["train"], training.batch_size) * training.passes
    return sizes if len(sizes) == run.info["steps_per_epoch"] else []


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
