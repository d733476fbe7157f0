"""VGG: depth from stacked 3×3 convolutions."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from explorer.errors import UserError
from explorer.models.activations import activation_option, new_activation
from explorer.models.blocks import stage_with_skips, weightless_skip
from explorer.models.initialise import initialise
from explorer.models.layers import conv_layers, sequential
from explorer.models.normalize import Normalize
from explorer.models.spec import Spec
from explorer.options import option

# Widths of the convolutions between the five poolings: configurations A, B, D and E of the paper.
STAGES = {
    11: ((64,), (128,), (256,) * 2, (512,) * 2, (512,) * 2),
    13: ((64,) * 2, (128,) * 2, (256,) * 2, (512,) * 2, (512,) * 2),
    16: ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3),
    19: ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4),
}
SMALLEST = 32  # pixels a side: five poolings leave 1×1


@dataclass(frozen=True)
class VGG(Spec):
    """VGG-{depth}: plain stacks of 3×3 convolutions, a max pooling after each of five (Simonyan and Zisserman 2015).

    The layers, their order and their weights are torchvision's. The original has no batch norm; here it is the default,
    since VGG-16 without it stayed at chance on digits for the 4 epochs tried (AdamW, learning rate 1e-3).
    """

    depth: int = 16
    batch_norm: bool = option(True, "Batch normalisation after every convolution.")
    head: str = option(
        "compact",
        "compact: global average pooling and one linear layer. imagenet: the original three layers, 4096 wide, with "
        "dropout and 120 million weights.",
        choices=("compact", "imagenet"),
    )
    residual: bool = option(False, "Skip connections around every two convolutions.")
    shortcut: str = option(
        "A",
        "The skips of a residual VGG. A: identities, and zero padding where the width increases, without weights. B: a "
        "1×1 convolution where the width increases. C: a 1×1 convolution in every skip.",
        choices=("A", "B", "C"),
    )
    activation: str = activation_option()

    def title(self) -> str:
        """ "VGG-16", with its depth; with skip connections it is not the published network."""
        return f"VGG-{self.depth} + skips" if self.residual else f"VGG-{self.depth}"

    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """For images of 32 pixels or more. Raises UserError if `size` is smaller."""
        if size < SMALLEST:
            raise UserError(
                f"Images of {size}×{size} pixels are too small for VGG-{self.depth}, which halves them five times: "
                f"choose an image size of at least {SMALLEST}."
            )
        model = sequential(
            normalize=Normalize(channels),
            features=self._features(channels),
            **(self._compact_head(classes) if self.head == "compact" else self._imagenet_head(classes)),
        )
        return _initialise_linear(initialise(model, self.activation))

    def _features(self, channels: int) -> nn.Sequential:
        """(B, channels, H, W) to (B, 512, H/32, W/32), numbered as in torchvision."""
        layers: list[nn.Module] = []
        for number, widths in enumerate(STAGES[self.depth]):
            if self.residual:
                layers += stage_with_skips(channels, widths, self._convs, number == 0, self._skip).values()
            else:
                layers += self._convs(channels, widths).values()
            layers.append(nn.MaxPool2d(2))
            channels = widths[-1]
        return nn.Sequential(*layers)

    def _convs(self, channels: int, widths: Sequence[int]) -> dict[str, nn.Module]:
        # With a bias even before batch norm, although superfluous, so that the weights are torchvision's.
        return conv_layers(channels, [(3, width) for width in widths], self.activation, self.batch_norm, bias=True)

    def _skip(self, channels: int, width: int) -> nn.Module:
        """Options A, B and C of He et al. 2015; a 1×1 convolution has bias and batch norm like the others."""
        if self.shortcut == "A" or (self.shortcut == "B" and channels == width):
            return weightless_skip(channels, width)
        conv = {"conv": nn.Conv2d(channels, width, 1)}
        return sequential(**conv, **({"bn": nn.BatchNorm2d(width)} if self.batch_norm else {}))

    def _compact_head(self, classes: int) -> dict[str, nn.Module]:
        return {"global_pool": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten(), "head": nn.Linear(512, classes)}

    def _imagenet_head(self, classes: int) -> dict[str, nn.Module]:
        """The original head, made for the 7×7 maps of 224×224 images; smaller maps are repeated to 7×7."""
        head = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            new_activation(self.activation),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            new_activation(self.activation),
            nn.Dropout(0.5),
            nn.Linear(4096, classes),
        )
        return {"avgpool": nn.AdaptiveAvgPool2d(7), "flatten": nn.Flatten(), "head": head}


def _initialise_linear(model: nn.Module) -> nn.Module:
    """Linear layers as in the paper and torchvision: normal with standard deviation 0.01, zero bias."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
            nn.init.zeros_(module.bias)
    return model
