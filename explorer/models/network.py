"""A network that has not been built yet: everything that determines its layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from explorer.data import InputSpec
from explorer.errors import UserError
from explorer.models import build
from explorer.models.shapes_only import without_memory

MOST_PARAMETERS = 300_000_000  # twice those of VGG-19; training keeps ten numbers for each, 12 GB


@dataclass(frozen=True)
class Network:
    """A model with its options, for images of one shape. Equal networks have the same layers, not the same weights.

    The values are checked when it is built.
    """

    model: str  # a key of MODELS
    options: tuple[tuple[str, Any], ...]  # of the model, sorted by name; missing ones have their defaults
    channels: int
    classes: int
    size: int  # pixels a side

    @classmethod
    def of(cls, model: str, options: Mapping[str, Any], spec: InputSpec) -> "Network":
        """For images of this `spec`, with an output for each of its classes."""
        return cls(model, tuple(sorted(options.items())), spec.channels, len(spec.classes), spec.size)

    def build(self) -> nn.Module:
        """A new module from `explorer.models.build`: weights from torch's global generator, on the default device.
        Raises UserError if the options or the sizes do not fit, and, before it uses memory, if there would be more than
        MOST_PARAMETERS."""
        check_parameters(self.model, self.on_meta())
        return self._module()

    def on_meta(self) -> nn.Module:
        """The module without memory for its weights and without drawing random numbers: to count and to name, not to
        compute."""
        with without_memory():
            return self._module()

    def _module(self) -> nn.Module:
        return build(self.model, self.channels, self.classes, self.size, **dict(self.options))


def check_parameters(name: str, model: nn.Module) -> None:
    """Raises UserError if a model, built on meta, is too large to be built."""
    count = sum(parameter.numel() for parameter in model.parameters())
    if count > MOST_PARAMETERS:
        raise UserError(
            f"This {name} would have {count / 1e6:,.0f} million parameters, more than the {MOST_PARAMETERS // 10**6} "
            f"million allowed: choose fewer or narrower layers, or smaller images."
        )
