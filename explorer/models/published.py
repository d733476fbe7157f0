"""VGG and ResNet with torchvision's ImageNet weights: our own networks, whose layers are torchvision's one by one."""

import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.models.network import Network

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

CHANNELS, SIZE = 3, 224  # of the images that they take
DAMAGED = RuntimeError, EOFError, OSError, UnpicklingError, KeyError, ValueError, zipfile.BadZipFile


@dataclass(frozen=True)
class Published:
    """One network with one set of weights, described without importing torchvision, which takes seconds."""

    torchvision_name: str  # of the network
    version: str  # V1 (the papers' recipe) or V2 (torchvision's longer one)
    file: str  # in torch's cache; it ends in the first digits of its sha256

    @property
    def model(self) -> str:
        """The key of MODELS whose layers it has."""
        return self.torchvision_name.removesuffix("_bn")

    @property
    def options(self) -> dict[str, Any]:
        """The options of that model."""
        if self.torchvision_name.startswith("vgg"):
            return {"batch_norm": self.torchvision_name.endswith("_bn"), "head": "imagenet"}
        return {"stem": "imagenet"}

    @property
    def network(self) -> Network:
        """The network for images of ImageNet."""
        return Network(self.model, tuple(sorted(self.options.items())), CHANNELS, len(self.facts.classes), SIZE)

    @property
    def path(self) -> Path:
        """Where torch stores the weights."""
        return Path(torch.hub.get_dir()) / "checkpoints" / self.file

    @property
    def facts(self) -> "Facts":
        """The metadata in torchvision."""
        return _facts(self)


PUBLISHED = {
    "vgg11": Published("vgg11", "V1", "vgg11-8a719046.pth"),
    "vgg13": Published("vgg13", "V1", "vgg13-19584684.pth"),
    "vgg16": Published("vgg16", "V1", "vgg16-397923af.pth"),
    "vgg19": Published("vgg19", "V1", "vgg19-dcbb9e9d.pth"),
    "vgg11_bn": Published("vgg11_bn", "V1", "vgg11_bn-6002323d.pth"),
    "vgg13_bn": Published("vgg13_bn", "V1", "vgg13_bn-abd245e5.pth"),
    "vgg16_bn": Published("vgg16_bn", "V1", "vgg16_bn-6c64b313.pth"),
    "vgg19_bn": Published("vgg19_bn", "V1", "vgg19_bn-c79401a0.pth"),
    "resnet18": Published("resnet18", "V1", "resnet18-f37072fd.pth"),
    "resnet34": Published("resnet34", "V1", "resnet34-b627a593.pth"),
    "resnet50": Published("resnet50", "V1", "resnet50-0676ba61.pth"),
    "resnet50-v2": Published("resnet50", "V2", "resnet50-11ad3fa6.pth"),
    "resnet101": Published("resnet101", "V1", "resnet101-63fe2227.pth"),
    "resnet101-v2": Published("resnet101", "V2", "resnet101-cd907fc2.pth"),
    "resnet152": Published("resnet152", "V1", "resnet152-394f9c45.pth"),
    "resnet152-v2": Published("resnet152", "V2", "resnet152-f82ba261.pth"),
}


@dataclass(frozen=True)
class Facts:
    """The contents of the weights' own metadata."""

    bytes: int  # of the file, to about 10 kB
    classes: tuple[str, ...]  # the 1,000 of ImageNet, in the order of the logits
    accuracy: float  # top-1 on ImageNet's 50,000 validation images, a fraction
    accuracy_top5: float
    gmacs: float  # of one image of 224×224
    mean: tuple[float, ...]  # of the three channels, in [0, 1]
    std: tuple[float, ...]
    resize: int  # pixels of the shorter side, before the central square is cut out


@cache
def _facts(published: Published) -> Facts:
    weights = weights_of(published)
    transforms, accuracies = weights.transforms(), weights.meta["_metrics"]["ImageNet-1K"]
    return Facts(
        bytes=round(weights.meta["_file_size"] * 1024**2),
        classes=tuple(weights.meta["categories"]),
        accuracy=accuracies["acc@1"] / 100,
        accuracy_top5=accuracies["acc@5"] / 100,
        gmacs=weights.meta["_ops"],
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        resize=transforms.resize_size[0],
    )


def weights_of(published: Published) -> "WeightsEnum":
    """torchvision's own entry: where the weights can be downloaded, and their metadata."""
    from torchvision.models import get_model_weights

    return get_model_weights(published.torchvision_name)[f"IMAGENET1K_{published.version}"]


def load(published: Published) -> nn.Module:
    """The network with its weights from torch's cache, in eval mode on the CPU.

    It takes images float32 (B, 3, H, W) in [0, 1], 224×224 in training and testing, and returns logits (B, 1000). The
    file is read as tensors only (`weights_only`), whatever else it may hold, and mapped into memory where its format
    allows: it is there at once, and several models do not fill the memory. Raises UserError if the file does not hold
    these weights.
    """
    path = published.path
    model = published.network.on_meta()  # draws no weights that would be replaced
    try:
        stored = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
        model.load_state_dict(our_state(stored) | _statistics(published.facts), assign=True)
    except DAMAGED as error:
        raise UserError(
            f"{path} does not hold the weights of {published.torchvision_name}: delete it and download it again."
        ) from error
    return model.eval().requires_grad_(True)


def our_state(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """torchvision's weights under our names."""
    return {_our_name(name): tensor for name, tensor in stored.items()}


def _our_name(name: str) -> str:
    for theirs, ours in NAMES.items():
        name = name.replace(theirs, ours)
    return name


NAMES = {  # of parts of a weight's name
    "layer": "stage",
    "downsample.0": "skip.conv",
    "downsample.1": "skip.bn",
    "fc.": "head.",
    "classifier.": "head.",
}


def _statistics(facts: Facts) -> dict[str, Tensor]:
    """The content of `model.normalize`."""
    return {f"normalize.{name}": torch.tensor(getattr(facts, name)).view(1, -1, 1, 1) for name in ("mean", "std")}
