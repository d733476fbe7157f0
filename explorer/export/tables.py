"""The tables of a run as CSV: epochs, steps, gradient and weight norms, predictions, the confusion matrix, settings."""

from collections.abc import Iterable, Sequence

import numpy as np

from explorer.runs import Run
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.history import EPOCH_COLUMNS, read_test_predictions
from explorer.runs.names import run_names
from explorer.runs.steps_file import STEPS, StepsReader
from explorer.runs.wording import settings_of
from explorer.spreadsheet import csv_text


def files(run: Run) -> dict[str, bytes]:
    """Name → content. Losses are means per image in nats, accuracies fractions; a value that was not finite is an empty
    cell."""
    history, weighed = StepsReader(run.path / STEPS).read(run.record.parameter_names)
    names = history.parameters
    made = {
        "settings.csv": _table(("setting", "value"), [*_about(run), *settings_of(run.config).items()]),
        "epochs.csv": _table(EPOCH_COLUMNS, ([row.get(name) for name in EPOCH_COLUMNS] for row in epoch_rows(run))),
        "steps.csv": _table(
            ("step", "epoch", "loss", "accuracy"),
            zip(history.step, history.epoch, history.loss, history.accuracy, strict=True),
        ),
        "gradient-norms.csv": _table(("step", *names), _with_steps(history.step, history.norms)),
        "weight-norms.csv": _table(("step", *names), _with_steps(weighed.step, weighed.weights)),
        "update-norms.csv": _table(("step", *names), _with_steps(weighed.step, weighed.updates)),
    }
    classes = run.dataset.classes
    if predicted := read_test_predictions(run):
        pairs = zip(*predicted, strict=True)
        rows = ([number, classes[label], classes[guess]] for number, (label, guess) in enumerate(pairs, 1))
        made["predictions.csv"] = _table(("test image", "class", "prediction"), rows)
    if run.record.test and run.record.test.confusion:
        counted = zip(classes, run.record.test.confusion, strict=True)
        made["confusion.csv"] = _table(("class", *classes), ([name, *row] for name, row in counted))
    return made


def _about(run: Run) -> list[tuple[str, str]]:
    """The run's id and name, and what people wrote about it."""
    written = ("tags", ", ".join(run.record.tags)), ("note", run.record.note or "")
    return [("run", run.id), ("name", run_names([run])[run.id]), *(pair for pair in written if pair[1])]


def _with_steps(steps: np.ndarray, norms: np.ndarray) -> Iterable[list]:
    return ([step, *row] for step, row in zip(steps.tolist(), norms.tolist(), strict=True))


def _table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    return csv_text(map(_cell, row) for row in (columns, *rows)).encode()


def _cell(value: object) -> object:
    if isinstance(value, float | np.floating):
        return f"{value:.7g}" if np.isfinite(value) else ""
    return value
