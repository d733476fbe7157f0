"""epochs.jsonl: one line per epoch, and a check that no line is missing."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from explorer.errors import UserError
from explorer.runs.folder import Run
from explorer.runs.lines import read_lines
from explorer.runs.record import BestEpoch
from explorer.runs.typed_json import typed

EPOCHS = "epochs.jsonl"


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """What a line must and may contain; accuracies are fractions, losses nats an image, None if not finite.

    Runs of older versions lack the optional keys.
    """

    epoch: int
    train_loss: float | None
    validation_loss: float | None
    train_accuracy: float | None = None
    validation_accuracy: float
    validation_balanced_accuracy: float | None = None
    running_accuracy: float | None = None
    learning_rate: float
    seconds: float
    images_per_second: float
    dead_relus: dict[str, float | None] = field(default_factory=dict)
    probe_images: int | None = None


def epoch_rows(run: Run) -> list[dict[str, Any]]:
    """The epochs of a run so far, as stored in epochs.jsonl."""
    return _rows(run.path / EPOCHS)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for row in read_lines(path) if _is_epoch(row)]


def _is_epoch(row: dict[str, Any]) -> bool:
    try:
        return typed(Epoch, row, "epoch").images_per_second > 0
    except UserError:
        return False


def best_of(rows: list[dict[str, Any]]) -> BestEpoch | None:
    """The first epoch with the highest validation accuracy; None if there are no epochs."""
    if not rows:
        return None
    best = max(rows, key=lambda row: row["validation_accuracy"])
    return BestEpoch(best["epoch"], best["validation_accuracy"], best["validation_loss"])


_counted: dict[Path, tuple[tuple[int, int, int], int]] = {}  # epochs.jsonl → (its stamp, its number of epochs)


def check_epochs(run: Run) -> None:
    """Raises UserError if epochs that run.json counts are missing from epochs.jsonl, which is written first."""
    there = _count(run.path / EPOCHS) if run.epochs_done else 0
    if there < run.epochs_done:
        raise UserError(
            f"{EPOCHS} has {there} of its {run.epochs_done} epochs: put the file back, or delete the folder {run.path}."
        )


def _count(path: Path) -> int:
    try:
        stat = path.stat()
    except OSError:
        return 0
    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    if path not in _counted or _counted[path][0] != stamp:
        _counted[path] = (stamp, len(_rows(path)))
    return _counted[path][1]
