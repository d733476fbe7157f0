"""The end of the last whole epoch in the host's memory: of a large model, whose state is not written every epoch."""

from typing import TYPE_CHECKING

import torch

from explorer.runs.folder import Run
from explorer.runs.weights import state_of, write_state

if TYPE_CHECKING:
    from torch import nn


class Snapshot:
    """Weights and optimizer state of one epoch; the next is copied over it, so that there is never a second."""

    def __init__(self) -> None:
        self._kept: dict[str, torch.Tensor] = {}
        self._meta: dict[str, str] | None = None  # None: nothing that waits to be written

    def take(self, model: "nn.Module", optimizer: torch.optim.Optimizer, epoch: int) -> None:
        """Copies the model's weights and the optimizer's state at the end of `epoch`."""
        self.drop()  # half a copy is none
        tensors, meta = state_of(model, optimizer, epoch)
        for name, tensor in tensors.items():
            if name not in self._kept:  # pinned, a GPU's memory is copied ten times as fast
                self._kept[name] = torch.empty_like(tensor, device="cpu", pin_memory=tensor.is_cuda)
            self._kept[name].copy_(tensor)
        self._meta = meta

    def drop(self) -> None:
        """What it holds lies on the disk by now, or is no longer wanted."""
        self._meta = None

    def write(self, run: Run) -> None:
        """Keep it as the state that resuming goes on from, if it waits for that."""
        if self._meta:
            write_state(run, self._kept, self._meta)
            self.drop()
