"""What findings are measured from: one run's curves, gradients, time and test predictions in one record."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from explorer.insights.cost import cost
from explorer.insights.gradients import GradientFlow, first_to_last_ratio, known_table
from explorer.insights.updates import largest_median_update
from explorer.models.layer_names import known
from explorer.runs import Run, epochs
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.history import epoch_batches, read_test_predictions, smoothing_in_training_loss
from explorer.runs.record import DeviceRecord
from explorer.runs.steps_file import steps_and_weights
from explorer.runs.wording import settings_of


@dataclass(frozen=True)
class Trial:
    """A run as the detectors see it. What is unknown is empty or None, and a detector that needs it finds nothing."""

    run: str
    label: str  # of its variant: runs with the same label differ only in their seed
    epochs: pd.DataFrame  # one row per epoch, the columns of explorer.runs.epochs
    step_loss: np.ndarray = field(default_factory=lambda: np.empty(0))  # (n,) nats, NaN if it was not finite
    step_images: np.ndarray = field(default_factory=lambda: np.empty(0))  # (n,) in the batch of each step, see `sizes`
    classes: int = 10
    smoothing: float = 0.0  # label smoothing in the recorded training losses; only in older runs
    flow: GradientFlow | None = None  # of the last epoch
    largest_update: float | None = None  # see explorer.insights.updates.largest_median_update
    dead: dict[str, float] = field(default_factory=dict)  # ReLU → share of its channels that are silent at the end
    probe_images: int | None = None  # number of images on which they were silent; older runs did not record it
    batch_size: int = 0
    device: DeviceRecord | None = None
    model: str = ""
    settings: dict[str, Any] = field(default_factory=dict)  # everything that determines how a run learns
    macs: int = 0  # multiply-accumulates of one image, forward
    images: int = 0  # that an epoch trains on, counting each pass
    seed: int | None = None  # two runs with the same label and seed are one network twice
    data: str = ""  # fingerprint: only accuracies on the same images can be compared
    data_name: str = ""
    validation_images: int = 0
    test_images: int = 0
    test_accuracy: float | None = None  # a fraction
    correct: np.ndarray | None = None  # bool (N,), one per test image; None if the predictions were not stored

    @property
    def work(self) -> tuple[str, int, int]:
        """What determines the time per image: runs with the same work differ only by what else the machine did."""
        return self.model, self.macs, self.batch_size

    @property
    def sizes(self) -> np.ndarray:
        """How many images each step saw, (n,): the last batch of an epoch has only the rest. If it is not known, the
        batch size."""
        recorded = len(self.step_images) == len(self.step_loss)
        return np.asarray(self.step_images) if recorded else np.full(len(self.step_loss), self.batch_size)

    @property
    def best_epoch(self) -> int | None:
        """The epoch, counted from one, with the highest validation accuracy, the first of equal ones, as in
        explorer.runs.epochs_file.best_of; None before the first."""
        accuracy = self.epochs["validation_accuracy"].to_numpy(dtype=np.float64)
        return int(np.nanargmax(accuracy)) + 1 if np.isfinite(accuracy).any() else None

    @property
    def best_accuracy(self) -> float:
        """The validation accuracy in the best epoch, a fraction; only if there is one."""
        return float(np.nanmax(self.epochs["validation_accuracy"].to_numpy(dtype=np.float64)))

    @property
    def least_loss(self) -> float:
        """The lowest possible training loss, nats: 0, or with label smoothing the entropy of the smoothed target."""
        wrong = self.smoothing / self.classes
        right = 1 - self.smoothing + wrong
        entropy = -right * np.log(right) - ((self.classes - 1) * wrong * np.log(wrong) if wrong else 0.0)
        return float(entropy)

    @property
    def chance_loss(self) -> float:
        """ln(classes): the loss of guessing, in nats an image."""
        return float(np.log(self.classes))


def trial_of(run: Run, label: str | None = None) -> Trial:
    """Read a run that has begun from its folder."""
    folder, spec = run.path.parent, run.input_spec
    history, weights = steps_and_weights(run.id, folder)
    table = known_table(run.network)
    model = run.network.on_meta()
    batches = epoch_batches(run)
    tested = read_test_predictions(run) if run.status == "finished" else None
    rows, training = epoch_rows(run), run.config.training
    dead = rows[-1].get("dead_relus", {}) if rows else {}
    data, images = run.dataset, run.dataset.images
    return Trial(
        run=run.id,
        label=label or (run.study.variant if run.study else "") or run.id,
        epochs=epochs([run.id], folder),
        step_loss=history.loss.astype(np.float64),
        step_images=np.resize(batches, len(history.loss)) if batches else np.empty(0),
        classes=len(spec.classes),
        smoothing=smoothing_in_training_loss(run),
        flow=first_to_last_ratio(history, table) if len(history.step) else None,
        largest_update=largest_median_update(weights, table) if len(weights.step) else None,
        dead={known(run.network, layer): share for layer, share in dead.items()},
        probe_images=rows[-1].get("probe_images") if rows else None,
        batch_size=training.batch_size,
        device=run.record.device,
        model=run.config.model,
        settings=settings_of(run.config),
        macs=cost(model, spec.channels, spec.size).macs,
        images=images.train * training.passes,
        seed=training.seed,
        data=data.fingerprint,
        data_name=data.name,
        validation_images=images.validation,
        test_images=images.test,
        test_accuracy=run.test_accuracy if run.status == "finished" else None,
        correct=None if tested is None else tested[0] == tested[1],
    )
