"""Writes what `fit()` tells into the run's folder."""

import platform
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer import __version__
from explorer.data import Dataset
from explorer.runs.folder import Run, now
from explorer.runs.history import append, keep_answers
from explorer.runs.weights import EVERY_EPOCH_BELOW, save_state, save_weights
from explorer.training.events import EpochEnd, Evaluation, Event, Started, Steps


def dataset_info(data: Dataset) -> dict[str, Any]:
    """What a page needs to know of the data without loading it."""
    return {
        "name": data.name,
        "fingerprint": data.fingerprint,
        "classes": list(data.classes),
        "channels": data.channels,
        "size": data.size,
        "ink": data.ink,
        "mean": list(data.mean),
        "std": list(data.std),
        "images": {"train": len(data.train), "validation": len(data.validation), "test": len(data.test)},
    }


def versions() -> dict[str, str]:
    return {
        "explorer": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchvision": version("torchvision"),  # not imported for this: that takes four seconds
    }


class Recorder:
    """Keeps one run's folder up to date while its model trains."""

    def __init__(self, run: Run, model: nn.Module) -> None:
        self.run, self.model = run, model
        self.best: dict[str, Any] = run.info.get("best") or {}
        self.keep_every_epoch = sum(p.numel() for p in model.parameters()) < EVERY_EPOCH_BELOW

    def event(self, event: Event) -> None:
        match event:
            case Started():
                self._started(event)
            case Steps():
                self._steps(event)
            case EpochEnd():
                self._epoch(event)

    @property
    def patience_is_over(self) -> bool:
        """No better validation accuracy for as many epochs as the config waits: the run ends early, and as finished."""
        patience = self.run.config.training.patience
        return bool(patience and self.best) and self.run.epochs_done - self.best["epoch"] >= patience

    def _started(self, event: Started) -> None:
        if self.keep_every_epoch and not self.run.info.get("epochs_done"):
            save_weights(self.run, self.model, 0)
        self.run = self.run.change(
            status="running",
            reason=None,
            message=None,
            started_at=now(),
            resumed_at_step=self.run.epochs_done * event.steps_per_epoch,
            device={
                "type": event.device,
                "name": event.device_name,
                "precision": event.precision,
                "captured": event.captured,
            },
            parameters=sum(p.numel() for p in self.model.parameters()),
            parameter_names=list(event.parameters),
            steps_per_epoch=event.steps_per_epoch,
            versions=versions(),
        )

    def _steps(self, event: Steps) -> None:
        rows = []
        for i, (loss, accuracy) in enumerate(zip(event.loss.tolist(), event.accuracy.tolist(), strict=True)):
            row = {"step": event.first_step + i, "epoch": event.epoch, "loss": loss, "accuracy": accuracy}
            row["gradient_norms"] = four_digits(event.gradient_norms[i])
            if i in event.weights:
                row["weight_norms"], row["update_norms"] = map(four_digits, event.weights[i])
            rows.append(row)
        append(self.run.path / "steps.jsonl", rows)

    def _epoch(self, event: EpochEnd) -> None:
        row = {key: value for key, value in vars(event).items() if key != "optimizer"}
        append(self.run.path / "epochs.jsonl", [row])
        if self.keep_every_epoch:
            save_weights(self.run, self.model, event.epoch)
        save_weights(self.run, self.model, "last")
        if event.validation_accuracy > self.best.get("validation_accuracy", -1.0):
            save_weights(self.run, self.model, "best")
            self.best = {
                "epoch": event.epoch,
                "validation_accuracy": event.validation_accuracy,
                "validation_loss": event.validation_loss,
            }
        save_state(self.run, self.model, event.optimizer, event.epoch)
        trained = self.run.info.get("training_seconds", 0.0) + event.seconds
        self.run = self.run.change(epochs_done=event.epoch, best=self.best, training_seconds=trained)

    def finished(self, test: Evaluation, labels: np.ndarray) -> None:
        """`test`: the one look at the test split, with the weights of the best epoch."""
        classes = len(self.run.info["dataset"]["classes"])
        confusion = np.zeros((classes, classes), dtype=int)
        np.add.at(confusion, (labels, test.predictions), 1)
        keep_answers(self.run, labels, test.predictions)
        result = {"loss": test.loss, "accuracy": test.accuracy, "n": len(labels), "confusion": confusion.tolist()}
        self.run = self.run.change(status="finished", finished_at=now(), test=result)

    def ended(self, status: str, reason: str) -> None:
        """Stopped or failed, with a sentence; what was learned since the last whole epoch is kept as `last`."""
        if status == "stopped":
            save_weights(self.run, self.model, "last")
            if not self.best:
                save_weights(self.run, self.model, "best")
        self.run = self.run.change(status=status, reason=reason, finished_at=now())


def four_digits(norms: np.ndarray) -> list[float]:
    """Norms are read off charts: four significant digits keep steps.jsonl a third of its size."""
    return [float(f"{norm:.3e}") for norm in norms.tolist()]
