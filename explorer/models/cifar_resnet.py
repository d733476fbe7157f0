"""ResNet in its CIFAR form: narrow, and deep enough to show what skips are for."""

from dataclasses import dataclass

from torch import nn

from explorer.models.activations import activation_option, new_activation
from explorer.models.blocks import Block, projection_skip, weightless_skip
from explorer.models.initialise import initialise
from explorer.models.layers import sequential
from explorer.models.normalize import Normalize
from explorer.models.resnet import basic, resnet_title, skip_option
from explorer.models.spec import Spec
from explorer.options import option

WIDTHS = (1, 2, 4)  # of each stage, in multiples of the first


@dataclass(frozen=True)
class CIFARResNet(Spec):
    """ResNet-{depth} for 32×32 images: residual blocks at three resolutions (He et al. 2016, §4.2).

    depth = 6n + 2: one convolution, n blocks of two at each resolution, one linear layer.
    """

    depth: int = 20
    skip: bool = skip_option()
    shortcut: str = option(
        "A",
        "The skip where the width increases. A: zero padding, without weights, as in the paper's table 6. B: a 1×1 "
        "convolution.",
        choices=("A", "B"),
    )
    activation: str = activation_option()
    width: int = option(
        16, "Number of feature maps in the first stage; each of the next two has twice as many.", low=1, high=256
    )

    def title(self) -> str:
        """ "ResNet-20", with its depth."""
        return resnet_title(self.depth, self.skip)

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """For images of any `size`, since the head averages over all positions."""
        layers = {
            "normalize": Normalize(channels),
            "conv1": nn.Conv2d(channels, self.width, 3, padding=1, bias=False),
            "bn1": nn.BatchNorm2d(self.width),
            "act1": new_activation(self.activation),
        }
        channels = self.width
        for number, times in enumerate(WIDTHS, 1):
            width = times * self.width
            stage = nn.Sequential()
            for index in range((self.depth - 2) // 6):
                stride = 2 if number > 1 and index == 0 else 1
                stage.append(self._block(channels, width, stride))
                channels = width
            layers[f"stage{number}"] = stage
        layers |= {"global_pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
        return initialise(sequential(**layers, head=nn.Linear(channels, classes)), self.activation)

    def _block(self, channels: int, width: int, stride: int) -> Block:
        new_skip = weightless_skip if self.shortcut == "A" else projection_skip
        skip = new_skip(channels, width, stride) if self.skip else None
        return Block(basic(channels, width, stride, self.activation), skip, new_activation(self.activation))
