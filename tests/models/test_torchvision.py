"""VGG and ResNet are torchvision's, layer by layer."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet, vgg

from explorer.models import build

from .helpers import on_meta

RESNETS = {"resnet18": resnet.resnet18, "resnet34": resnet.resnet34, "resnet50": resnet.resnet50}


def leaves(model: nn.Module) -> list[str]:
    """What the layers without children are, in order; without what torchvision does outside of modules."""
    shown = [str(module) for module in model.modules() if not list(module.children())]
    own = ("Normalize", "Flatten", "Identity")
    return [
        text.replace("inplace=True", "").replace(", inplace=False", "") for text in shown if not text.startswith(own)
    ]


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("depth", [11, 13, 16, 19])
def test_vgg_has_the_layers_and_weights_of_torchvision(depth, batch_norm):
    with torch.device("meta"):
        theirs = getattr(vgg, f"vgg{depth}{'_bn' * batch_norm}")(num_classes=7)
    ours = on_meta(f"vgg{depth}", 3, 7, batch_norm=batch_norm, head="imagenet")
    assert [each.shape for each in ours.parameters()] == [each.shape for each in theirs.parameters()]
    assert [text.replace("=7)", "=(7, 7))") if "Pool" in text else text for text in leaves(ours)] == leaves(theirs)
    assert list(ours.features.state_dict()) == list(theirs.features.state_dict())


@pytest.mark.parametrize("batch_norm", [False, True])
def test_vgg16_computes_what_torchvision_computes(batch_norm):
    theirs = vgg.make_layers(vgg.cfgs["D"], batch_norm)
    ours = build("vgg16", 3, 10, batch_norm=batch_norm)
    theirs.load_state_dict(ours.features.state_dict())
    images = torch.rand(4, 3, 32, 32)
    torch.testing.assert_close(ours.features(images), theirs(images))  # train mode: by the batch's statistics
    with torch.no_grad():
        torch.testing.assert_close(ours.eval().features(images), theirs.eval()(images))


def our_key(key: str) -> str:
    """torchvision's name of a weight as ours."""
    for theirs, ours in {
        "layer": "stage",
        "downsample.0": "skip.conv",
        "downsample.1": "skip.bn",
        "fc.": "head.",
    }.items():
        key = key.replace(theirs, ours)
    return key


@pytest.mark.parametrize("name", RESNETS)
def test_resnet_computes_what_torchvision_computes(name):
    theirs = RESNETS[name](num_classes=7)
    theirs.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    theirs.maxpool = nn.Identity()
    ours = build(name, 3, 7, 16)
    assert [each.shape for each in ours.parameters()] == [each.shape for each in theirs.parameters()]
    with torch.no_grad():
        theirs(torch.rand(8, 3, 16, 16))  # moves the statistics of batch norm away from 0 and 1
        state = {our_key(key): value for key, value in theirs.state_dict().items()}
        ours.load_state_dict(state | {key: ours.state_dict()[key] for key in ("normalize.mean", "normalize.std")})
        images = torch.rand(2, 3, 16, 16)
        torch.testing.assert_close(ours.eval()(images), theirs.eval()(images))


@pytest.mark.parametrize("name", RESNETS)
def test_resnet_keeps_the_order_of_torchvision(name):
    with torch.device("meta"):
        theirs = RESNETS[name](num_classes=10)
    names = [our_key(key) for key, _ in theirs.named_parameters()]
    assert [key for key, _ in on_meta(name, 3).named_parameters()] == names
