"""Writes the events of `fit()` into the run's folder.

A small model's weights are stored for every epoch. Those of a large one are written, with the state needed for
resuming, as often as `WriteBudget` allows and at the end. In between, the last complete epoch waits in memory for a
stop, so a stop loses nothing. A run that dies continues from its last stored state; later epochs in its history are cut
off and written again.
"""

import math
import platform
import threading
from dataclasses import asdict
from importlib.metadata import version

import numpy as np
import torch
from torch import nn

from explorer import __version__
from explorer.data import Dataset
from explorer.runs.folder import Run, now
from explorer.runs.history import PLAIN_LOSS, write_test_predictions
from explorer.runs.lines import append
from explorer.runs.record import BestEpoch, DatasetRecord, DeviceRecord, TestResult
from explorer.runs.snapshot import Snapshot
from explorer.runs.typed_json import typed
from explorer.runs.weights import EVERY_EPOCH_BELOW, save_state, save_weights
from explorer.runs.write_budget import WriteBudget
from explorer.training.events import EpochEnd, Evaluation, Event, Started, Steps
from explorer.training.processor import processor


def dataset_record(data: Dataset, used: int) -> DatasetRecord:
    """What a page needs to know about the data without loading them. `used`: how many of the training images are
    used."""
    counts = {"train": used, "validation": len(data.validation), "test": len(data.test)}
    left_out = data.report.damaged if data.report else []
    values = {"fingerprint": data.fingerprint, "images": counts, "left_out": [*left_out]}
    return typed(DatasetRecord, {**data.input_spec.to_json(), **values}, "dataset")


def versions() -> dict[str, str]:
    """Versions of everything that can change a result: this app, Python, torch and torchvision."""
    return {
        "explorer": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torchvision": version("torchvision"),  # not imported just for this, which takes four seconds
    }


class Recorder:
    """Keeps one run's folder up to date while its model trains."""

    def __init__(self, run: Run, model: nn.Module) -> None:
        self.run, self.model = run, model
        self.best = run.record.best
        self._best_weights: dict[str, torch.Tensor] | None = None  # epochs that wait to be written
        self._write_budget = WriteBudget()
        self._snapshot = Snapshot()
        # A stop monitor may end the run from its own thread while this one is writing.
        self._one_at_a_time = threading.RLock()
        self.keep_every_epoch = sum(p.numel() for p in model.parameters()) < EVERY_EPOCH_BELOW

    def event(self, event: Event) -> None:
        """Record what `fit` reports; events are given in order, from any thread."""
        with self._one_at_a_time:
            match event:
                case Started():
                    self._started(event)
                case Steps():
                    self._steps(event)
                case EpochEnd():
                    self._epoch(event)

    @property
    def patience_is_over(self) -> bool:
        """Whether the validation accuracy has not improved for as many epochs as the config allows: the run then ends
        early, as finished."""
        return self._patience_is_over(self.run.epochs_done)

    def _patience_is_over(self, epoch: int) -> bool:
        training = self.run.config.training
        if not training.patience or not self.best:
            return False
        since = max([self.best.epoch, *(done for done, _ in training.extended)])
        return epoch - since >= training.patience

    def _started(self, event: Started) -> None:
        if self.keep_every_epoch and not self.run.epochs_done:
            save_weights(self.run, self.model.state_dict(), 0)
        if not self.run.epochs_done:
            self.run = self.run.change(recorded_loss=PLAIN_LOSS)
        self.run = self.run.change(
            status="running",
            reason=None,
            message=None,
            started_at=now(),
            resumed_at_step=self.run.epochs_done * event.steps_per_epoch,
            device=DeviceRecord(
                event.device, event.device_name, event.precision, event.captured, event.threads, processor()
            ),
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
        weights = self.model.state_dict()
        if self.keep_every_epoch:
            save_weights(self.run, weights, event.epoch)
        if not self.best or event.validation_accuracy > self.best.validation_accuracy:
            self.best = BestEpoch(event.epoch, event.validation_accuracy, event.validation_loss)
            self._best_weights = {name: tensor.clone() for name, tensor in weights.items()}
        if self.keep_every_epoch or self._write_budget.due or self._is_the_last(event):
            with self._write_budget.writing():
                save_weights(self.run, weights, "last")
                self._keep_best()
                save_state(self.run, self.model, event.optimizer, event.epoch)
            self._snapshot.drop()
        else:
            self._snapshot.take(self.model, event.optimizer, event.epoch)
        trained = self.run.record.training_seconds + event.seconds
        self.run = self.run.change(epochs_done=event.epoch, training_seconds=trained)

    def _is_the_last(self, event: EpochEnd) -> bool:
        over = event.epoch == self.run.config.training.epochs or self._patience_is_over(event.epoch)
        return over or not math.isfinite(event.train_loss)

    def _keep_best(self) -> None:
        """run.json names the epoch whose weights are stored as best; the file names it too, in case run.json is not
        written."""
        if self._best_weights and self.best:
            save_weights(self.run, self._best_weights, "best", metrics=asdict(self.best))
            self.run, self._best_weights = self.run.change(best=self.best), None

    def finished(self, test: Evaluation, labels: np.ndarray, flipped: float | None = None) -> None:
        """`test`: the evaluation on the test split when a run ends, with the weights of the best epoch. `flipped`: its
        accuracy by the mean logits of each image and its mirror image."""
        classes = len(self.run.dataset.classes)
        confusion = np.zeros((classes, classes), dtype=int)
        np.add.at(confusion, (labels, test.predictions), 1)
        write_test_predictions(self.run, labels, test.predictions)
        result = TestResult(
            loss=test.loss,
            accuracy=test.accuracy,
            flipped_accuracy=flipped,
            balanced_accuracy=test.balanced_accuracy,
            n=len(labels),
            confusion=tuple(map(tuple, confusion.tolist())),
        )
        self.run = self.run.change(status="finished", finished_at=now(), test=result)

    def ended(self, status: str, reason: str) -> None:
        """Record that the run stopped or failed, with a sentence; what was learned since the last complete epoch is
        stored as `last`."""
        with self._one_at_a_time:
            if status == "stopped":
                save_weights(self.run, self.model.state_dict(), "last")
                if not self.best:
                    save_weights(self.run, self.model.state_dict(), "best")
            self._keep_best()
            self._snapshot.write(self.run)
            self.run = self.run.change(status=status, reason=reason, finished_at=now())


def four_digits(norms: np.ndarray) -> list[float]:
    """Norms are read from charts: four significant digits keep steps.jsonl a third of its size."""
    return [float(f"{norm:.3e}") for norm in norms.tolist()]
