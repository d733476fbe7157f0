"""What is published about VGG and ResNet: torchvision's own figures of its trained ImageNet models, without a
download."""

from dataclasses import dataclass

import torch

from explorer.insights.architecture import FLOAT, Layer, layers
from explorer.insights.cost import InferenceTime, time_passes
from explorer.models.published import CHANNELS, PUBLISHED, SIZE, Published

FAMILIES = ("VGG", "VGG with batch norm", "ResNet")


@dataclass(frozen=True)
class Figures:
    """One network with one set of weights. Accuracies and GMACs are torchvision's, the rest is counted."""

    name: str  # a key of PUBLISHED
    model: str  # torchvision's name of the network
    family: str  # one of FAMILIES
    weights: str  # V1 (the papers' recipe) or V2 (torchvision's longer one)
    accuracy: float  # top-1 on ImageNet's validation images, a fraction
    accuracy_top5: float  # the same, if the class is among the first five
    parameters: int
    gmacs: float  # for one image of 224×224
    weight_bytes: int  # of the parameters, in float32
    activation_bytes: int  # of the outputs of all layers for one image, in float32, none of them freed
    depth: int  # convolutions and linear layers on the longest path, as the number in the name counts
    head_parameters: int  # of the linear layers at the end
    field: int  # pixels a side that a unit of the last convolution sees


def published() -> tuple[Figures, ...]:
    """The figures of all of PUBLISHED."""
    return tuple(_figures(name, model) for name, model in PUBLISHED.items())


def _figures(name: str, model: Published) -> Figures:
    all_layers = _layers(model)
    convolutions = [layer for layer in all_layers if layer.kind == "convolution"]
    linear = [layer for layer in all_layers if layer.kind == "linear"]
    on_skips = sum(".skip." in layer.name for layer in convolutions)
    return Figures(
        name=name,
        model=model.torchvision_name,
        family=_family(model),
        weights=model.version,
        accuracy=model.facts.accuracy,
        accuracy_top5=model.facts.accuracy_top5,
        parameters=sum(layer.parameters for layer in all_layers),
        gmacs=model.facts.gmacs,
        weight_bytes=FLOAT * sum(layer.parameters for layer in all_layers),
        activation_bytes=sum(layer.activation_bytes for layer in all_layers),
        depth=len(convolutions) + len(linear) - on_skips,
        head_parameters=sum(layer.parameters for layer in linear),
        field=convolutions[-1].field.size,
    )


def latency(published_model: Published, batch_size: int, budget: float = 2.0) -> InferenceTime:
    """A forward pass of `batch_size` grey images of 224×224, float32, on the CPU: median of up to nine, of at least
    three.

    No weights are needed: zeros take the same computation. `budget`: seconds after which no further pass begins.
    """
    model = published_model.network.on_meta()
    model.to_empty(device="cpu")
    with torch.no_grad():  # whatever is in that memory may be slow to compute with
        for tensor in model.parameters():
            tensor.zero_()
        for tensor in model.buffers():  # a variance or a standard deviation of zero would be a divisor
            tensor.fill_(1)
    return time_passes(model, CHANNELS, SIZE, batch_size, budget=budget)


def _layers(model: Published) -> tuple[Layer, ...]:
    return layers(model.network.on_meta(), CHANNELS, SIZE)


def _family(model: Published) -> str:
    plain, with_norm, residual = FAMILIES
    return (
        residual if model.torchvision_name.startswith("resnet") else with_norm if model.options["batch_norm"] else plain
    )
