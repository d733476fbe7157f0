"""One row per step in a buffer on the device, copied out about four times a second: no synchronisation in the step."""

import time
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import torch
from torch import nn

from explorer.training.events import Steps

SECONDS_BETWEEN_COPIES = 0.25
CAPACITY = 512  # rows; a full buffer is copied out at once
WEIGHTS_EVERY = 50  # steps between two measurements of weights and updates, which need a copy of the weights


class Telemetry:
    """Loss, accuracy and the L2 norm of every parameter's gradient, for each step.

    A row is [loss, correct images, norm of parameter 0, norm of parameter 1, …], float32. At every WEIGHTS_EVERY-th
    step, and at the first of a run, also the norms of the weights and of what the optimizer really changed in them.
    """

    def __init__(self, model: nn.Module, device: torch.device, first_step: int = 1) -> None:
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        self.names = tuple(name for name, _ in named)
        self._parameters = [p for _, p in named]
        self._row = torch.zeros(2 + len(named), device=device)  # a captured step writes here
        self._rows = torch.zeros(CAPACITY, 2 + len(named), device=device)
        self._sizes: list[int] = []  # images in the batch of each waiting row
        self._weights: dict[int, torch.Tensor] = {}  # waiting row → (2, parameters): norms of weights and updates
        self._next_step = first_step
        self._copied_at = time.perf_counter()
        self.start_epoch()

    def start_epoch(self) -> None:
        """Reset the sums that `epoch_loss` and `epoch_accuracy` divide."""
        self.images, self._loss_sum, self._correct_sum = 0, 0.0, 0.0

    @contextmanager
    def around(self, batch_size: int) -> Generator[None]:
        """For a step that calls `measure`: keeps its row."""
        row = len(self._sizes)
        measures = (self._next_step + row - 1) % WEIGHTS_EVERY == 0
        before = [p.detach().clone() for p in self._parameters] if measures else None
        yield
        self._rows[row].copy_(self._row)
        self._sizes.append(batch_size)
        if before:
            after = [p.detach() for p in self._parameters]
            updates = torch._foreach_sub(after, before)
            norms = [torch.stack(torch._foreach_norm(tensors)) for tensors in (before, updates)]
            self._weights[row] = torch.stack(norms)

    @torch.no_grad()
    def measure(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
        """Call it after backward and before the gradients are clipped or used.

        `loss`: the mean cross-entropy of the batch, without label smoothing.
        """
        correct = (logits.argmax(1) == labels).sum().to(loss.dtype)
        # A parameter that a loss does not reach has no gradient; its norm is 0, not missing.
        gradients = [p.grad if p.grad is not None else p.new_zeros(1) for p in self._parameters]
        torch.stack([loss, correct, *torch._foreach_norm(gradients)], out=self._row)

    @property
    def due(self) -> bool:
        """Whether `take` should be called: every SECONDS_BETWEEN_COPIES, or when the buffer is full."""
        waited = time.perf_counter() - self._copied_at
        return len(self._sizes) == CAPACITY or (waited > SECONDS_BETWEEN_COPIES and bool(self._sizes))

    def take(self, epoch: int) -> Steps:
        """Copy out the waiting rows, and empty the buffer. Only this waits for the device."""
        rows = self._rows[: len(self._sizes)].cpu().numpy().copy()
        sizes = np.array(self._sizes, dtype=np.float64)
        self.images += int(sizes.sum())
        self._loss_sum += float((rows[:, 0] * sizes).sum())
        self._correct_sum += float(rows[:, 1].sum())
        weights = {row: norms.cpu().numpy() for row, norms in self._weights.items()}
        accuracy = (rows[:, 1] / sizes).astype(np.float32)
        steps = Steps(epoch, self._next_step, rows[:, 0], accuracy, rows[:, 2:], weights)
        self._next_step += len(sizes)
        self._sizes.clear()
        self._weights.clear()
        self._copied_at = time.perf_counter()
        return steps

    @property
    def epoch_loss(self) -> float:
        """Mean per image over what was taken since the epoch began."""
        return self._loss_sum / self.images

    @property
    def epoch_accuracy(self) -> float:
        """Share of correct images, in [0, 1], over what was taken since the epoch began."""
        return self._correct_sum / self.images
