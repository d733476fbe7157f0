"""A run as a TensorBoard event file: curves, gradient norms, filters, and settings with their result."""

import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from explorer import charts
from explorer.errors import UserError
from explorer.insights.filters import filters
from explorer.insights.layers import conv_layers
from explorer.runs import Checkpoint, Run, saved_epochs
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.names import run_names
from explorer.runs.steps_file import STEPS, StepHistory, StepsReader, WeightStats
from explorer.runs.wording import settings_of

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

MOST_STEPS = 1000  # points of a curve; a longer one is thinned evenly, since each point is an event of its own
COLUMNS, SIDE = 8, 4  # of the tiled filters: tiles in a row, and pixels per weight
OF_EPOCHS = {
    "loss/training": "train_loss",
    "loss/validation": "validation_loss",
    "accuracy/training": "train_accuracy",
    "accuracy/validation": "validation_accuracy",
    "learning rate": "learning_rate",
}


def files(run: Run) -> dict[str, bytes]:
    """Folder and name → content of the event files. Raises UserError if TensorBoard is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise UserError(
            "TensorBoard's files need the library tensorboard, which is not installed: start the app with "
            "--extra tensorboard."
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        with SummaryWriter(folder) as writer:
            _write(run, writer)
        return {f"{folder_of(run)}/{path.name}": path.read_bytes() for path in Path(folder).iterdir()}


def folder_of(run: Run) -> str:
    """The folder by which TensorBoard calls a run: the run's name without what a folder's name cannot hold on every
    system, or its id where nothing is left."""
    name = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', " ", run_names([run])[run.id])
    return " ".join(name.split()).strip(". ") or run.id


def _write(run: Run, writer: "SummaryWriter") -> None:
    steps, weighed = StepsReader(run.path / STEPS).read(run.record.parameter_names)
    moments = _moments(run)
    for tag, step, epoch, value in (*_of_steps(steps), *_of_weights(weighed)):
        writer.add_scalar(tag, value, step, walltime=moments(epoch))
    for row in epoch_rows(run):
        for tag, name in OF_EPOCHS.items():
            if row.get(name) is not None:
                writer.add_scalar(tag, row[name], row["epoch"], walltime=moments(row["epoch"]))
    _filters(run, writer)
    _settings(run, writer)


def _of_steps(steps: StepHistory) -> Iterator[tuple[str, int, float, float]]:
    """(tag, step, epochs passed, value)"""
    chosen = np.unique(np.linspace(0, len(steps.step) - 1, min(MOST_STEPS, len(steps.step))).astype(int))
    for row in chosen:
        step, epoch = int(steps.step[row]), float(steps.epoch[row])
        yield "step/loss", step, epoch, float(steps.loss[row])
        yield "step/accuracy", step, epoch, float(steps.accuracy[row])
        for name, norm in zip(steps.parameters, steps.norms[row], strict=True):
            yield f"gradient norm/{name}", step, epoch, float(norm)


def _of_weights(weighed: WeightStats) -> Iterator[tuple[str, int, float, float]]:
    for row, step in enumerate(weighed.step.tolist()):
        epoch = float(weighed.epoch[row])
        for column, name in enumerate(weighed.parameters):
            yield f"weight norm/{name}", step, epoch, float(weighed.weights[row, column])
            yield f"update norm/{name}", step, epoch, float(weighed.updates[row, column])


def _moments(run: Run):  # noqa: ANN202 (a function of epochs)
    """The time of each epoch, in seconds since 1970, which TensorBoard can use as an axis."""
    ended = np.cumsum([0.0, *(row["seconds"] for row in epoch_rows(run))])
    began = datetime.fromisoformat(run.record.started_at).timestamp() if run.record.started_at else 0.0
    return lambda epoch: began + float(np.interp(epoch, np.arange(len(ended)), ended))


def _filters(run: Run, writer: "SummaryWriter") -> None:
    """The filters of the first convolution, at no more than ten of the epochs whose weights were saved."""
    kept = saved_epochs(run)
    chosen = kept[:: -(-len(kept) // 10)] if kept else ["best"]
    for epoch in chosen:
        model = Checkpoint(run, epoch).load()
        if layers := conv_layers(model):
            painted = charts.grid(charts.filters_rgb(filters(model, layers[0])), COLUMNS, SIDE)
            at = epoch if isinstance(epoch, int) else run.best_epoch
            writer.add_image(f"filters/{layers[0]}", painted, at, dataformats="HWC")


def _settings(run: Run, writer: "SummaryWriter") -> None:
    """In the same file, because `add_hparams` would start a separate run."""
    from torch.utils.tensorboard.summary import hparams

    simple = {
        name: value if isinstance(value, bool | int | float | str) else str(value)
        for name, value in settings_of(run.config).items()
    }
    measured = {"best validation accuracy": run.best_validation_accuracy, "test accuracy": run.test_accuracy}
    measured = {f"result/{name}": value for name, value in measured.items() if value is not None}
    file = writer.file_writer
    assert file is not None  # until it is closed
    for summary in hparams(simple, measured):
        file.add_summary(summary)
    for name, value in measured.items():
        writer.add_scalar(name, value, run.epochs_done)
