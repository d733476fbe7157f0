"""A multilayer perceptron: how far a network gets that does not know which pixels are neighbours."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from torch import nn

from explorer.errors import UserError
from explorer.models.activations import activation_option, new_activation
from explorer.models.convolutional import CONVOLUTIONAL
from explorer.models.initialise import RECTIFIERS
from explorer.models.layers import sequential
from explorer.models.normalize import Normalize
from explorer.models.shapes_only import without_memory
from explorer.models.spec import Spec
from explorer.options import option, read_network

UNMATCHED = "none"
TOLERANCE = 0.01  # of the matched model's parameter count


@dataclass(frozen=True)
class MLP(Spec):
    """A multilayer perceptron: the flattened pixels, then fully connected layers."""

    widths: tuple[int, ...] = option(
        (256, 128), "Units per hidden layer, from the first to the last.", low=1, high=16384
    )
    match: str = option(
        UNMATCHED,
        "Scale the widths so that the number of parameters matches that of this network within 1 %. Options may follow "
        "its name: vgg16:head=imagenet,batch_norm=false.",
        choices=(UNMATCHED,),
        networks=CONVOLUTIONAL,
    )
    activation: str = activation_option()
    batch_norm: bool = option(False, "Batch normalisation before every activation.")
    dropout: float = option(0.0, "Fraction of the units dropped after every hidden layer.", low=0.0, high=0.9)

    def title(self) -> str:
        """Its usual abbreviation."""
        return "MLP"

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """For images of exactly `size`. Raises UserError if no widths give the same number of parameters as the network
        to match."""
        widths = self.widths if self.match == UNMATCHED else self._matched_widths(channels, classes, size)
        layers: dict[str, nn.Module] = {"normalize": Normalize(channels), "flatten": nn.Flatten()}
        inputs = channels * size * size
        for number, width in enumerate(widths, 1):
            layers[f"linear{number}"] = _linear(inputs, width, self.activation)
            if self.batch_norm:
                layers[f"bn{number}"] = nn.BatchNorm1d(width)
            layers[f"act{number}"] = new_activation(self.activation)
            if self.dropout > 0:
                layers[f"dropout{number}"] = nn.Dropout(self.dropout)
            inputs = width
        return sequential(**layers, head=nn.Linear(inputs, classes))

    def _matched_widths(self, channels: int, classes: int, size: int) -> tuple[int, ...]:
        def parameters(widths: tuple[int, ...]) -> int:
            fans = itertools.pairwise((channels * size * size, *widths, classes))
            return sum((inputs + 1) * outputs for inputs, outputs in fans) + 2 * self.batch_norm * sum(widths)

        name, options = read_network(self.match, CONVOLUTIONAL)
        with without_memory():
            matched = replace(CONVOLUTIONAL[name], **options).build(channels, classes, size)
        target = sum(each.numel() for each in matched.parameters())
        widths = scaled_widths(self.widths, parameters, target)
        nearest = parameters(widths)
        if abs(nearest - target) > TOLERANCE * target:
            raise UserError(
                f"An mlp of {len(widths)} hidden layers on {channels}×{size}×{size} images cannot have the {target:,} "
                f"parameters of {self.match} (closest: {nearest:,}): match a larger model or give more widths."
            )
        return widths


def scaled_widths(
    widths: tuple[int, ...], parameters: Callable[[tuple[int, ...]], int], target: int
) -> tuple[int, ...]:
    """`widths`, all multiplied by one factor, such that `parameters(widths)` is closest to `target`.

    One unit of the first layer has as many weights as the image has pixels, too coarse a step for a small target. So
    all widths are rounded down, and the last one, whose units have few weights, makes up the difference.
    """

    def scaled(factor: float) -> tuple[int, ...]:
        return tuple(max(1, int(width * factor)) for width in widths)

    low = 0.0
    high = next(2.0**power for power in itertools.count() if parameters(scaled(2.0**power)) > target)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if parameters(scaled(middle)) > target else (middle, high)
    *others, last = scaled(low)
    base = parameters((*others, last))
    step = parameters((*others, last + 1)) - base
    return (*others, max(1, last + round((target - base) / step)))


def _linear(inputs: int, width: int, activation: str) -> nn.Linear:
    """A hidden layer with zero bias and normal weights: variance 2 / fan_in for relu and gelu (He et al. 2015),
    2 / (fan_in + fan_out) for sigmoid and tanh (Glorot and Bengio 2010)."""
    layer = nn.Linear(inputs, width)
    if activation in RECTIFIERS:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    else:
        nn.init.xavier_normal_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
