"""One update of the weights: gather a batch, forward, backward, measure, update. Nothing here waits for the device."""

from collections.abc import Callable
from functools import cached_property

import torch
from torch import nn
from torch.nn import functional as F

from explorer.training.balance import class_weights
from explorer.training.batches import TrainingImages
from explorer.training.config import TrainConfig
from explorer.training.device import ExecutionPlan
from explorer.training.mixed import mixed_precision, threads
from explorer.training.telemetry import Telemetry

WARM_UP_STEPS = 3  # plain steps before the capture: they choose kernels and allocate the optimizer's state


class Step:
    """Call it once per batch."""

    def __init__(
        self,
        model: nn.Module,
        images: TrainingImages,
        optimizer: torch.optim.Optimizer,
        telemetry: Telemetry,
        config: TrainConfig,
        plan: ExecutionPlan,
    ) -> None:
        self.model, self.images, self.optimizer, self.telemetry = model, images, optimizer, telemetry
        self.config, self.plan = config, plan
        self._class_weights = class_weights(images.labels) if config.balance == "class-weights" else None

    def __call__(self, index: torch.Tensor, learning_rate: float) -> None:
        """One update. `index`: of the batch's images, int64 (B,), on their device."""
        set_learning_rate(self.optimizer, learning_rate)
        with threads(self.plan.threads), self.telemetry.around(len(index)):
            self.run(index)

    def run(self, index: torch.Tensor) -> None:
        """The whole step on the images `index`, in operations on the device only, so that it can be captured."""
        images, labels = self.images.batch(index)
        with mixed_precision(self.plan.device.type, self.plan.precision):
            logits = self.model(images)
        loss, recorded = self._losses(logits.float(), labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.telemetry.measure(recorded, logits, labels)
        if self.config.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm)
        self.optimizer.step()

    def _losses(self, logits: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(the minimised loss, the recorded loss). The recorded one is always the plain cross-entropy, so that it can
        be compared with that of the validation images.

        The minimised one is the mean of the batch's losses, each times the weight of its class if there are weights. It
        is not divided by the batch's sum of weights, so that an image weighs the same whatever else is in its batch.
        """
        smoothing = self.config.label_smoothing
        if not smoothing and self._class_weights is None:
            loss = F.cross_entropy(logits, labels)
            return loss, loss
        recorded = F.cross_entropy(logits.detach(), labels)
        if self._class_weights is None:
            return F.cross_entropy(logits, labels, label_smoothing=smoothing), recorded
        losses = F.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")
        return (losses * self._class_weights[labels]).mean(), recorded


class CapturedStep(Step):
    """The same step as a CUDA graph: one launch instead of hundreds, for which small networks would wait.

    The first steps are plain ones. A batch of another size (the last one of an epoch, smaller or one larger) is a plain
    step, too; the graph has its own gradients.
    """

    _replay: Callable[[], None] | None = None
    _plain_steps = 0

    @cached_property
    def _index(self) -> torch.Tensor:
        """Where the graph reads which images are in the batch: int64 (B,)."""
        return torch.zeros(self.config.batch_size, dtype=torch.int64, device=self.images.device)

    def run(self, index: torch.Tensor) -> None:
        """Replay the graph, if it exists, on the batch with these indices; else make a plain step."""
        if len(index) != len(self._index) or self._plain_steps < WARM_UP_STEPS:
            self._plain_steps += 1
            self.plain(index)
            return
        if self._replay is None:
            self._replay = self.capture()
        self._index.copy_(index)
        self._replay()

    @cached_property
    def _stream(self) -> torch.cuda.Stream:
        """The stream of plain steps and capture alike: autograd remembers on which stream a parameter was first
        used."""
        return torch.cuda.Stream()

    def plain(self, index: torch.Tensor) -> None:
        """The step operation by operation, on the stream that the capture uses."""
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            super().run(index)
        torch.cuda.current_stream().wait_stream(self._stream)

    def capture(self) -> Callable[[], None]:
        """Record the step on the batch at `_index` without running it; returns the function that runs it."""
        graph = torch.cuda.CUDAGraph()
        # What other threads do meanwhile, such as saving a run that is to stop, is not part of the graph.
        with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
            super().run(self._index)
        return graph.replay


def set_learning_rate(optimizer: torch.optim.Optimizer, value: float) -> None:
    """If the rate is a tensor on the device, where a graph reads it, it is filled and not replaced."""
    for group in optimizer.param_groups:
        rate = value * group["factor"]
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate
