"""The end of the last complete epoch in main memory, for a large model, whose state is not written every epoch."""

from typing import TYPE_CHECKING

import torch

from explorer.runs.folder import Run
from explorer.runs.weights import state_of, write_state

if TYPE_CHECKING:
    from torch import nn


class Snapshot:
    """Weights and optimizer state of one epoch; the next epoch is copied over it, so that there is never a second
    copy."""

    def __init__(self) -> None:
        self._kept: dict[str, torch.Tensor] = {}
        self._meta: dict[str, str] | None = None  # None: nothing waits to be written

    def take(self, model: "nn.Module", optimizer: torch.optim.Optimizer, epoch: int) -> None:
        """Copy the model's weights and the optimizer's state at the end of `epoch`."""
        self.drop()  # half a copy does not count
        tensors, meta = state_of(model, optimizer, epoch)
        for name, tensor in tensors.items():
            if name not in self._kept:  # into pinned memory a GPU copies ten times as fast
                self._kept[name] = torch.empty_like(tensor, device="cpu", pin_memory=tensor.is_cuda)
            self._kept[name].copy_(tensor)
        self._meta = meta

    def drop(self) -> None:
        """Drop the content: it has been written to disk, or is not needed."""
        self._meta = None

    def write(self, run: Run) -> None:
        """Write it as the state for resuming, if it waits to be written."""
        if self._meta:
            write_state(run, self._kept, self._meta)
            self.drop()
