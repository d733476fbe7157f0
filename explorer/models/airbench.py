"""A network that learns in few epochs: in its paper, 94 % on CIFAR-10 after ten."""

from dataclasses import dataclass

from torch import nn

from explorer.errors import UserError
from explorer.models.activations import activation_option, new_activation
from explorer.models.layers import sequential
from explorer.models.normalize import Normalize
from explorer.models.spec import Spec
from explorer.models.whitening import SIDE, WhiteningConv
from explorer.options import option

HEAD_SCALE = 1 / 9  # of the head's initial weights: the paper divides the logits by 9 instead


@dataclass(frozen=True)
class Airbench(Spec):
    """The network of airbench94: a whitening layer, then two 3×3 convolutions at each resolution (Jordan 2024).

    The maps are pooled before batch norm and activation, which then cost a quarter. Batch norm has biases only. The
    paper divides the logits by 9; here the head begins with a ninth of the weights.
    """

    widths: tuple = option((64, 256, 256), "Feature maps at each resolution.", low=1, high=2048)
    whitening: bool = option(
        True,
        "The kernels of the first layer are the directions in which 2×2 patches of the training images vary, scaled to "
        "variance 1; they are not trained. Otherwise they are random and trained.",
    )
    dirac: bool = option(
        True,
        "Each 3×3 convolution begins as the identity on its input channels; further output channels are random "
        "(Zagoruyko and Komodakis 2017).",
    )
    activation: str = activation_option("gelu")

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """For images whose `size` can be halved for each of the widths. Raises UserError if they are smaller."""
        side = size - SIDE + 1
        whiten = WhiteningConv(channels) if self.whitening else nn.Conv2d(channels, 8 * channels, SIDE)
        layers: dict[str, nn.Module] = {"normalize": Normalize(channels), "whiten": whiten}
        layers["act0"] = new_activation(self.activation)
        channels *= 8
        for number, width in enumerate(self.widths, 1):
            layers[f"stage{number}"] = self._stage(channels, width)
            channels, side = width, side // 2
        if side < 1:
            raise UserError(
                f"Images of {size}×{size} pixels are too small for airbench94 with {len(self.widths)} widths, which "
                f"halves them {len(self.widths)} times: choose an image size of at least {2 ** len(self.widths) + 1}, "
                "or fewer widths."
            )
        layers |= {"global_pool": nn.MaxPool2d(side), "flatten": nn.Flatten()}
        head = nn.Linear(channels, classes, bias=False)
        head.weight.data.mul_(HEAD_SCALE)
        return sequential(**layers, head=head)

    def _stage(self, channels: int, width: int) -> nn.Sequential:
        return sequential(
            conv1=self._conv(channels, width),
            pool=nn.MaxPool2d(2),
            bn1=_norm(width),
            act1=new_activation(self.activation),
            conv2=self._conv(width, width),
            bn2=_norm(width),
            act2=new_activation(self.activation),
        )

    def _conv(self, channels: int, width: int) -> nn.Conv2d:
        """With torch's own random weights, uniform in ±1/√fan_in."""
        conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        if self.dirac:
            nn.init.dirac_(conv.weight.data[:channels])
        return conv


def _norm(width: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(width)
    norm.weight.requires_grad_(False)
    return norm
