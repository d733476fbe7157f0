"""ResNet in its ImageNet form, with a stem for small images."""

from dataclasses import dataclass

from torch import nn

from explorer.models.activations import activation_option, new_activation
from explorer.models.blocks import Block, projection_skip
from explorer.models.initialise import initialise
from explorer.models.layers import sequential
from explorer.models.normalize import Normalize
from explorer.models.spec import Spec
from explorer.options import option

BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}  # in each stage
WIDTHS = (64, 128, 256, 512)  # of the 3×3 convolutions of each stage


def skip_option() -> bool:
    """The field `skip`, the same in every residual network."""
    return option(True, "Skip connections. Without them the network is the plain net of the paper.")


def resnet_title(depth: int, skip: bool) -> str:
    """The literature's name."""
    return f"ResNet-{depth}" if skip else f"ResNet-{depth} without skips"


@dataclass(frozen=True)
class ResNet(Spec):
    """ResNet-{depth}: residual blocks at four resolutions, 64 to 512 wide, with a choice of stem (He et al. 2016).

    torchvision's network, which has the stem `imagenet`. The default, `small`, leaves a 32×32 image as large as it is
    before the first block, of which the other leaves 8×8.
    """

    depth: int = 18
    stem: str = option(
        "small",
        "small: one 3×3 convolution of stride 1. imagenet: the original 7×7 convolution of stride 2 with max pooling, "
        "for large images.",
        choices=("small", "imagenet"),
    )
    activation: str = activation_option()
    skip: bool = skip_option()

    def title(self) -> str:
        """ "ResNet-18", with its depth."""
        return resnet_title(self.depth, self.skip)

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """For images of any `size`, since the head averages over all positions."""
        layers = {"normalize": Normalize(channels), **self._stem(channels)}
        channels = 64
        for number, (blocks, width) in enumerate(zip(BLOCKS[self.depth], WIDTHS, strict=True), 1):
            stage = nn.Sequential()
            for index in range(blocks):
                stride = 2 if number > 1 and index == 0 else 1
                stage.append(self._block(channels, width, stride))
                channels = 4 * width if self.depth >= 50 else width
            layers[f"stage{number}"] = stage
        layers |= {"global_pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
        return initialise(sequential(**layers, head=nn.Linear(channels, classes)), self.activation)

    def _stem(self, channels: int) -> dict[str, nn.Module]:
        small = self.stem == "small"
        kernel, stride = (3, 1) if small else (7, 2)
        first = nn.Conv2d(channels, 64, kernel, stride, padding=kernel // 2, bias=False)
        layers = {"conv1": first, "bn1": nn.BatchNorm2d(64), "act1": new_activation(self.activation)}
        return layers if small else layers | {"pool": nn.MaxPool2d(3, 2, padding=1)}

    def _block(self, channels: int, width: int, stride: int) -> Block:
        if self.depth >= 50:
            layers, out = bottleneck(channels, width, stride, self.activation), 4 * width
        else:
            layers, out = basic(channels, width, stride, self.activation), width
        skip = projection_skip(channels, out, stride) if self.skip else None
        return Block(layers, skip, new_activation(self.activation))


def basic(channels: int, width: int, stride: int, activation: str) -> dict[str, nn.Module]:
    """Two 3×3 convolutions, the first with the stride; the activation after the second belongs to the block."""
    return {
        "conv1": nn.Conv2d(channels, width, 3, stride, padding=1, bias=False),
        "bn1": nn.BatchNorm2d(width),
        "act1": new_activation(activation),
        "conv2": nn.Conv2d(width, width, 3, padding=1, bias=False),
        "bn2": nn.BatchNorm2d(width),
    }


def bottleneck(channels: int, width: int, stride: int, activation: str) -> dict[str, nn.Module]:
    """1×1 to `width`, 3×3 with the stride (as in torchvision; the paper has it in the first), 1×1 to 4 · `width`."""
    return {
        "conv1": nn.Conv2d(channels, width, 1, bias=False),
        "bn1": nn.BatchNorm2d(width),
        "act1": new_activation(activation),
        "conv2": nn.Conv2d(width, width, 3, stride, padding=1, bias=False),
        "bn2": nn.BatchNorm2d(width),
        "act2": new_activation(activation),
        "conv3": nn.Conv2d(width, 4 * width, 1, bias=False),
        "bn3": nn.BatchNorm2d(4 * width),
    }
