"""The epochs of runs as a table, the time of a step, and a finished run's prediction for each test image."""

import io
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from explorer.data.array_file import read_array
from explorer.data.regular_file import open_regular
from explorer.runs.epochs_file import epoch_rows
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


TEST_PREDICTIONS = "test_answers.npy"
PLAIN_LOSS = "cross-entropy"  # run.json's "recorded_loss"; older runs recorded the training loss that was minimised


def smoothing_in_training_loss(run: Run) -> float:
    """The label smoothing that a run's recorded training losses include, in [0, 1): 0 except for older runs.

    An older run that was resumed has it only in its first epochs.
    """
    return 0.0 if run.record.recorded_loss == PLAIN_LOSS else run.config.training.label_smoothing


def epochs(run_ids: list[str], folder: Path | str | None = None) -> "pandas.DataFrame":
    """One row per run and epoch: run and EPOCH_COLUMNS. Losses are means per image, accuracies fractions."""
    import pandas

    rows = [{"run": run_id, **row} for run_id in run_ids for row in epoch_rows(find(run_id, folder))]
    frame = pandas.DataFrame(rows, columns=["run", *EPOCH_COLUMNS])
    numbers = {column: "int64" if column == "epoch" else "float64" for column in EPOCH_COLUMNS}
    return frame.astype(numbers)


def has_steps(run: Run) -> bool:
    """Whether a run has measurements of single steps, even of a part of an epoch."""
    steps = run.path / "steps.jsonl"
    return run.status == "running" or (run.status != "queued" and steps.is_file() and steps.stat().st_size > 0)


def seconds_a_batch(run: Run) -> float | None:
    """The time of a training step, from the images a second of training alone: the mean of an epoch, and the median
    over epochs, so that a pause of the machine does not count; None before the first epoch ends."""
    rows = epoch_rows(run)
    if not rows:
        return None
    images = run.config.training.passes * run.dataset.images.train
    return median(images / run.record.steps_per_epoch / row["images_per_second"] for row in rows)


def epoch_batches(run: Run) -> list[int]:
    """How many images each step of an epoch has; empty for an older run that formed its batches differently."""
    from explorer.training.batches import batch_sizes

    training = run.config.training
    sizes = batch_sizes(run.dataset.images.train, training.batch_size) * training.passes
    return sizes if len(sizes) == run.record.steps_per_epoch else []


def write_test_predictions(run: Run, labels: np.ndarray, predictions: np.ndarray) -> None:
    """Store a finished run's prediction for each test image, so that two runs can be compared image by image."""
    content = io.BytesIO()
    np.save(content, np.stack([labels, predictions]).astype(np.int32), allow_pickle=False)
    write_atomically(run.path / TEST_PREDICTIONS, content.getvalue())


def read_test_predictions(run: Run) -> tuple[np.ndarray, np.ndarray] | None:
    """(labels, predictions), int32 (N,) each, in the order of the test split; None for a run that has not finished."""
    try:
        with open_regular(run.path / TEST_PREDICTIONS) as file:
            rows = read_array(file)
    except (OSError, ValueError):  # missing, or cut short while the folder was copied
        return None
    images = run.record.test.n if run.record.test else rows.size // 2
    return (rows[0], rows[1]) if rows.shape == (2, images) and rows.dtype.kind == "i" else None
