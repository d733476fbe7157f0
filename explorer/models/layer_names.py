"""Familiar names of the layers of networks in the literature: conv5_3, layer2.1.conv1, fc7.

The names are derived from how a network is built, so that a state dict, an old link and an old run keep the modules'
own names. Layers that the literature does not number keep their names.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from torch import nn

from explorer.models.network import Network

RESNET = (  # of torchvision; He et al. 2016 call the stages conv2_x to conv5_x
    (r"^stage(?=\d)", "layer"),
    (r"(?<=\.)skip\.conv\b", "downsample.0"),
    (r"(?<=\.)skip\.bn\b", "downsample.1"),
    (r"(?<=\.)skip\b", "downsample"),
    (r"^pool\b", "maxpool"),
    (r"^global_pool\b", "avgpool"),
    (r"^head\b", "fc"),
)


def layer_names(model: nn.Module) -> dict[str, str]:
    """Module name → familiar name, for every module of a model; all different."""
    children = dict(model.named_children())
    names = [name for name, _ in model.named_modules() if name]
    found: dict[str, str] = {}
    if isinstance(features := children.get("features"), nn.Sequential):
        found = dict(_of_vgg(features)) | dict(_of_fully_connected(children.get("head")))
    elif "0" in dict(children["stage1"].named_children() if "stage1" in children else ()):
        found = {name: _of_resnet(name) for name in names}
    return {name: found.get(name, name) for name in names}


@lru_cache(maxsize=256)
def _of_network(network: Network) -> dict[str, str]:
    return layer_names(network.on_meta())


def known(network: Network, name: str) -> str:
    """The familiar name of a module, or of a parameter or an addition inside one; any other text stays unchanged."""
    names, module, rest = _of_network(network), name, ""
    while module and module not in names:
        module, dot, last = module.rpartition(".")
        rest = f"{dot}{last}{rest}"
    return names[module] + rest if module else name


def module_name(network: Network, name: str) -> str:
    """The inverse: the module with this familiar name; a module's own name, and any other text, stays unchanged."""
    names = _of_network(network)
    return name if name in names else next((module for module, called in names.items() if called == name), name)


def _of_vgg(features: nn.Sequential) -> Iterator[tuple[str, str]]:
    """conv1_1, bn1_1, relu1_1, …, pool5, as in the release of the paper's authors; counted within each stage."""
    stage, conv, block = 1, 0, 0
    for name, module in features.named_modules(prefix="features"):
        if any(module.children()):
            if name.count(".") == 1:  # a block with a skip; inside it, the skip itself is one
                block += 1
                yield name, f"block{stage}_{block}"
        elif ".skip" in name:
            continue
        elif isinstance(module, nn.MaxPool2d):
            yield name, f"pool{stage}"
            stage, conv, block = stage + 1, 0, 0
        elif isinstance(module, nn.Conv2d):
            conv += 1
            yield name, f"conv{stage}_{conv}"
        else:
            kind = "bn" if isinstance(module, nn.BatchNorm2d) else type(module).__name__.lower()
            yield name, f"{kind}{stage}_{conv}"


def _of_fully_connected(head: nn.Module | None) -> Iterator[tuple[str, str]]:
    """fc6, relu6, dropout6, fc7, …, fc8: the three layers behind the five stages of the original."""
    if not isinstance(head, nn.Sequential):
        return
    number = 5
    for name, module in head.named_children():
        number += isinstance(module, nn.Linear)
        kind = "fc" if isinstance(module, nn.Linear) else type(module).__name__.lower()
        yield f"head.{name}", f"{kind}{number}"


def _of_resnet(name: str) -> str:
    for pattern, word in RESNET:
        name = re.sub(pattern, word, name)
    return name
