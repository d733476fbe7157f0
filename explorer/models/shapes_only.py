"""Networks of which only the shapes are needed: no memory for weights, no random number, nothing computed.

torch has the device "meta" for this, but draws and computes there in Python, and imports its compiler for it: 900
modules, a second and a half. So nothing is drawn, and the input of such a network is no image at all.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain

import torch
from torch import nn
from torch.overrides import TorchFunctionMode


@contextmanager
def without_memory() -> Generator[None]:
    """Modules built inside are on the device "meta": to count and to name, not to compute."""
    with torch.device("meta"), _DrawingNothing():
        yield


class _DrawingNothing(TorchFunctionMode):
    """Leaves tensors unchanged that would be drawn from a normal distribution."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        kwargs = kwargs or {}
        if func in (torch.Tensor.normal_, nn.init.normal_):
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


@torch.no_grad()
def pass_shapes(model: nn.Module, channels: int, size: int) -> None:
    """A forward pass in which hooks on the layers see the shapes of their outputs: (1, …) for one black image, (0, …)
    for none if `model` was built `without_memory`. The model should be in eval mode."""
    tensors = dict(chain(model.named_parameters(), model.named_buffers()))
    device = next(iter(tensors.values())).device
    if device.type != "meta":  # without an image, batch normalisation needs float64, which Apple's GPU lacks
        model(torch.zeros(1, channels, size, size, device=device))
        return
    zero = torch.zeros(())
    weights = {name: zero.expand(tensor.shape) for name, tensor in tensors.items()}
    torch.func.functional_call(model, weights, torch.zeros(0, channels, size, size))
