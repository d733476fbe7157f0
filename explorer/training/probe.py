"""Dead ReLUs: watched while the validation images are evaluated after every epoch.

A unit that is silent on n images drawn at random fires, with 95 % confidence, on fewer than 3/n of all images (the rule
of three; Hanley & Lippman-Hand 1983). So n is recorded beside the shares. A share is not an estimate from a sample of
units, since every unit of the layer is examined: with more images it can only fall, and it is an upper bound for the
share of units that fire on no image at all.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn

from explorer.data import Images

FEWEST_IMAGES = 256  # if the data set has that many


class ReluProbe:
    """The summed output of the units after each `nn.ReLU` (for maps: of its channels) over the images so far."""

    def __init__(self) -> None:
        self._sums: dict[str, torch.Tensor] = {}  # layer → (channels,)

    def record(self, name: str, output: torch.Tensor) -> None:
        """`output`: (B, channels, …), nowhere below 0, so its sum is 0 only if all of it is. A sum costs a hundredth of
        a maximum on a CPU, in the memory format of these maps."""
        summed = output.sum(dim=[d for d in range(output.dim()) if d != 1])
        self._sums[name] = self._sums.get(name, 0) + summed

    @property
    def dead(self) -> dict[str, float]:
        """Layer → the fraction of its units that were 0 at every pixel of every image; a NaN unit is not dead."""
        return {name: (total == 0).float().mean().item() for name, total in self._sums.items()}


@contextmanager
def watching_relus(model: nn.Module) -> Generator[ReluProbe]:
    """Inside, watch every `nn.ReLU` of `model` in all its passes."""
    probe = ReluProbe()
    with ExitStack() as hooks:
        for name, module in model.named_modules():
            if isinstance(module, nn.ReLU):
                # A default argument, because a closure would see only the last name.
                hook = module.register_forward_hook(lambda _, __, output, name=name: probe.record(name, output))
                hooks.callback(hook.remove)
        yield probe


def more_images(validation: Images, spare: Images) -> Images | None:
    """Images from `spare` that bring the probe to FEWEST_IMAGES images, or all of them; None if validation has enough.

    Evenly spaced, because images may be sorted by class.
    """
    missing = min(FEWEST_IMAGES - len(validation), len(spare))
    if missing <= 0:
        return None
    chosen = torch.zeros(len(spare), dtype=torch.bool)
    chosen[torch.arange(missing) * len(spare) // missing] = True
    return spare.where(chosen.numpy())
