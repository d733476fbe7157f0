"""A small plain convolutional network that learns digits in seconds on a CPU."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from explorer.models.activations import activation_option
from explorer.models.initialise import initialise
from explorer.models.layers import conv_layers, sequential
from explorer.models.normalize import Normalize
from explorer.models.spec import Spec
from explorer.options import option

# Widths of the convolutions at full, half and quarter resolution. Most of them work after the first pooling, where
# they cost a quarter and see twice as far; every depth ends in 64 maps, so that only the depth differs.
STAGES = {
    2: ((16,), (), (64,)),
    4: ((16,), (32,), (64, 64)),
    6: ((16,), (32, 32), (64, 64, 64)),
}


@dataclass(frozen=True)
class SimpleCNN(Spec):
    """A small plain CNN: a few convolutions, two max poolings, global average pooling and one linear layer.

    On 32×32 images the last feature maps are 8×8. The head makes Grad-CAM there equal CAM (Zhou et al. 2016).
    """

    depth: int = option(6, "Number of convolutions.", choices=tuple(STAGES))
    kernel: int | str = option(
        3,
        "Side of the convolutions' kernels in pixels. 1x1+3x3 places a 1×1 convolution with half the width before each "
        "3×3 convolution, which costs less (Szegedy et al. 2015).",
        choices=(3, 5, 7, "1x1+3x3"),
    )
    activation: str = activation_option()
    batch_norm: bool = option(True, "Batch normalisation after every convolution.")
    bias: bool = option(
        False,
        "Biases also in convolutions before batch norm. Batch norm subtracts them again with the mean, so their "
        "gradient is zero up to rounding. Without batch norm the convolutions always have biases.",
    )
    dropout: float = option(0.0, "Fraction of the features dropped before the linear layer.", low=0.0, high=0.9)

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """For images of any `size`, since the head averages over all positions."""
        layers: dict[str, nn.Module] = {"normalize": Normalize(channels)}
        for number, widths in enumerate(STAGES[self.depth], 1):
            if widths:
                layers[f"stage{number}"] = sequential(**self.stage(channels, widths, first=number == 1))
                channels = widths[-1]
            if number < 3:
                layers[f"pool{number}"] = nn.MaxPool2d(2)
        layers |= {"global_pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
        if self.dropout > 0:
            layers["dropout"] = nn.Dropout(self.dropout)
        return initialise(sequential(**layers, head=nn.Linear(channels, classes)), self.activation)

    def stage(self, channels: int, widths: Sequence[int], first: bool) -> dict[str, nn.Module]:
        """The layers at one resolution."""
        return self.convs(channels, widths)

    def convs(self, channels: int, widths: Sequence[int]) -> dict[str, nn.Module]:
        """Convolution, batch norm and activation for each width."""
        if self.kernel == "1x1+3x3":
            sizes = [pair for width in widths for pair in ((1, width // 2), (3, width))]
        else:
            sizes = [(int(self.kernel), width) for width in widths]
        return conv_layers(channels, sizes, self.activation, self.batch_norm, bias=self.bias or not self.batch_norm)
