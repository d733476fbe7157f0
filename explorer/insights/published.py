"""What is published of VGG and ResNet: torchvision's own figures of its trained ImageNet models, without a download."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.insights.architecture import Layer, layers

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

FAMILIES = {
    "VGG": ("vgg11", "vgg13", "vgg16", "vgg19"),
    "VGG with batch norm": ("vgg11_bn", "vgg13_bn", "vgg16_bn", "vgg19_bn"),
    "ResNet": ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
}
SIZE = 224  # pixels a side of the images that these figures are for
CHANNELS = 3


@dataclass(frozen=True)
class Published:
    """One model with one set of weights. What it says of accuracy and GMACs is torchvision's, the rest is counted."""

    model: str
    family: str  # a key of FAMILIES
    weights: str  # V1 (the papers' recipe) or V2 (torchvision's longer one)
    accuracy: float  # top-1 on ImageNet's validation images, a fraction
    parameters: int
    gmacs: float  # for one image of 224×224
    depth: int  # convolutions and linear layers on the longest way through, as the number in the name counts
    head_parameters: int  # of the linear layers at the end
    field: int  # pixels a side that a unit of the last convolution sees


def published() -> tuple[Published, ...]:
    """Every VGG and ResNet of FAMILIES with each of its ImageNet classification weights, read from `Weights.meta`."""
    from torchvision.models import get_model, get_model_weights

    found = []
    for family, names in FAMILIES.items():
        for name in names:
            with torch.device("meta"):
                known = layers(get_model(name), CHANNELS, SIZE)
            for weights in get_model_weights(name):
                accuracy = weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
                if accuracy == accuracy:  # vgg16 has weights without a head too, whose accuracy is no number
                    found.append(_row(name, family, weights, known))
    return tuple(found)


def _row(name: str, family: str, weights: "WeightsEnum", known: tuple[Layer, ...]) -> Published:
    convolutions = [layer for layer in known if layer.kind == "convolution"]
    linear = [layer for layer in known if layer.kind == "linear"]
    on_skips = sum("downsample" in layer.name for layer in convolutions)
    return Published(
        model=name,
        family=family,
        weights=weights.name.removeprefix("IMAGENET1K_"),
        accuracy=weights.meta["_metrics"]["ImageNet-1K"]["acc@1"] / 100,
        parameters=weights.meta["num_params"],
        gmacs=weights.meta["_ops"],
        depth=len(convolutions) + len(linear) - on_skips,
        head_parameters=sum(layer.parameters for layer in linear),
        field=convolutions[-1].field.size,
    )
