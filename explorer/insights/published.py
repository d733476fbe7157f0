"""What is published of VGG and ResNet: torchvision's own figures of its trained ImageNet models, without a download."""

from dataclasses import dataclass

import torch

from explorer.insights.architecture import Layer, layers
from explorer.models import build
from explorer.models.published import CHANNELS, PUBLISHED, SIZE, Published

FAMILIES = ("VGG", "VGG with batch norm", "ResNet")


@dataclass(frozen=True)
class Figures:
    """One network with one set of weights. Accuracy and GMACs are what torchvision says, the rest is counted."""

    name: str  # a key of PUBLISHED
    model: str  # torchvision's name of the network
    family: str  # one of FAMILIES
    weights: str  # V1 (the papers' recipe) or V2 (torchvision's longer one)
    accuracy: float  # top-1 on ImageNet's validation images, a fraction
    parameters: int
    gmacs: float  # for one image of 224×224
    depth: int  # convolutions and linear layers on the longest way through, as the number in the name counts
    head_parameters: int  # of the linear layers at the end
    field: int  # pixels a side that a unit of the last convolution sees


def published() -> tuple[Figures, ...]:
    """All of PUBLISHED."""
    return tuple(_figures(name, one) for name, one in PUBLISHED.items())


def _figures(name: str, one: Published) -> Figures:
    known = _layers(one)
    convolutions = [layer for layer in known if layer.kind == "convolution"]
    linear = [layer for layer in known if layer.kind == "linear"]
    on_skips = sum(".skip." in layer.name for layer in convolutions)
    return Figures(
        name=name,
        model=one.network,
        family=_family(one),
        weights=one.version,
        accuracy=one.facts.accuracy,
        parameters=sum(layer.parameters for layer in known),
        gmacs=one.facts.gmacs,
        depth=len(convolutions) + len(linear) - on_skips,
        head_parameters=sum(layer.parameters for layer in linear),
        field=convolutions[-1].field.size,
    )


def _layers(one: Published) -> tuple[Layer, ...]:
    with torch.device("meta"):
        return layers(build(one.model, CHANNELS, len(one.facts.classes), SIZE, **one.options), CHANNELS, SIZE)


def _family(one: Published) -> str:
    plain, with_norm, residual = FAMILIES
    return residual if one.network.startswith("resnet") else with_norm if one.options["batch_norm"] else plain
