"""Starting from another network: which weights are used, how they are adapted, and which of them learn.

- The class head is the last linear layer. It is reused if the classes are the same, in the same order; otherwise it is
  drawn anew, even if their number is the same.
- The normalisation comes with the weights: the network sees new images like those it learned from.
- Grey images for a network trained on colour: each kernel of the first layer is summed over its channels, weighted by
  the mean standard deviation over the channel's own. Colour images for one trained on grey: each kernel is repeated for
  every channel and divided by their number. The mean and standard deviation of the pixels are averaged, or repeated. A
  grey image is classified as before unless the channels' means differ: each kernel's output is then off by a constant.
- Frozen layers stay in eval mode: their batch norm keeps the statistics of the source, and they drop nothing out.
"""

from collections.abc import Sequence
from hashlib import sha256

import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.text import plural
from explorer.training.config import SCRATCH

POOLINGS = (nn.MaxPool2d, nn.AvgPool2d)
LAYERS = (nn.Conv2d, nn.Linear)


def head_of(model: nn.Module) -> str:
    """Name of the class head: the last linear layer. Raises UserError if there is none."""
    linear = [name for name, module in model.named_modules() if isinstance(module, nn.Linear)]
    if not linear:
        raise UserError(
            "This network has no linear layer and so no class head: choose a network that ends in a linear layer."
        )
    return linear[-1]


def blocks(model: nn.Module) -> dict[str, list[str]]:
    """The network below its head in blocks, from the image on: name of each block → names of its parameters.

    A block is a residual block, or a linear layer, or else all convolutions between two poolings, as in VGG's paper. It
    is named after its first layer.
    """
    modules, head = dict(model.named_modules()), head_of(model)
    found: dict[str, list[str]] = {}
    current, kind = "", ""
    for name, module in modules.items():
        if any(module.children()) or name == head:
            continue
        if isinstance(module, POOLINGS):
            current = ""
        parameters = [f"{name}.{parameter}" for parameter, _ in module.named_parameters(recurse=False)]
        if not parameters:
            continue
        residual = _residual_block(name, modules, head)
        if residual:
            current = residual
        elif isinstance(module, nn.Linear) or kind or not current:
            current = name
        kind = residual
        found.setdefault(current, []).extend(parameters)
    return found


def _residual_block(name: str, modules: dict[str, nn.Module], head: str) -> str:
    """The residual block that contains a layer: the nearest container that is more than a sequence; "" if there is
    none, or if it contains the head too."""
    parent = name
    while "." in parent:
        parent = parent.rpartition(".")[0]
        if type(modules[parent]) is not nn.Sequential:
            return "" if head.startswith(f"{parent}.") else parent
    return ""


def freeze(model: nn.Module, trainable: str) -> None:
    """Make these layers trainable: all, frozen (only the class head), or last-K (and the K blocks below it).

    Raises UserError if the network has fewer blocks, or no head.
    """
    if trainable in (SCRATCH, "all"):
        return
    learned = {f"{head_of(model)}.{name}" for name, _ in model.get_submodule(head_of(model)).named_parameters()}
    if trainable != "frozen":
        there, wanted = list(blocks(model).values()), int(trainable.removeprefix("last-"))
        if wanted > len(there):
            raise UserError(
                f"This network has {plural(len(there), 'block')} below its head, so '{trainable}' is not possible: "
                f"choose {len(there)} or fewer blocks."
            )
        learned.update(*there[-wanted:])
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in learned)


def training_mode(model: nn.Module) -> None:
    """Train mode, except for everything up to the last frozen layer. A network without frozen layers is in train
    mode."""
    model.train()
    leaves = [module for module in model.modules() if not any(module.children())]
    learns = [[parameter.requires_grad for parameter in leaf.parameters()] for leaf in leaves]
    last = max((index for index, flags in enumerate(learns) if flags and not any(flags)), default=-1)
    for leaf, flags in zip(leaves[: last + 1], learns, strict=False):
        leaf.train(any(flags))


def fitted(
    weights: dict[str, Tensor], fresh: nn.Module, source_classes: Sequence[str], classes: Sequence[str]
) -> tuple[dict[str, Tensor], list[str]]:
    """(the weights in a form that `fresh` can load, sentences for the screen on what was changed in them).

    `fresh`: the same architecture, built for the new classes and channels; its head is used if a new one is needed.
    Raises UserError if the shapes do not fit, or if the channels differ and neither network has one channel.
    """
    start, fresh_weights, head, remarks = dict(weights), fresh.state_dict(), head_of(fresh), []
    if tuple(source_classes) == tuple(classes):
        remarks.append(f"The head is reused: the {len(classes)} classes are the same.")
    elif sorted(source_classes) == sorted(classes):
        rows = torch.tensor([list(source_classes).index(name) for name in classes])
        start |= {name: weights[name][rows] for name in fresh_weights if name.startswith(f"{head}.")}
        remarks.append(f"The head is reused with its rows reordered: the {len(classes)} classes are the same.")
    else:
        start |= {name: tensor for name, tensor in fresh_weights.items() if name.startswith(f"{head}.")}
        counts = f"{len(source_classes)} classes became {len(classes)}"
        remarks.append(f"The head is new: {counts if len(source_classes) != len(classes) else 'the classes differ'}.")
    had, has = weights["normalize.mean"].shape[1], fresh_weights["normalize.mean"].shape[1]
    if had != has:
        start |= _with_channels(weights, fresh, had, has)
        rule = "summed over the channels" if has == 1 else f"repeated for {has} channels and divided by {has}"
        means = weights["normalize.mean"]
        as_before = (
            "as before"
            if (means == means[:, :1]).all()
            else "approximately as before, because the channels' means differ"
        )
        remarks.append(f"The kernels of the first layer are {rule}: for grey images the outputs are {as_before}.")
    _must_fit(start, fresh_weights)
    return start, remarks


def _with_channels(weights: dict[str, Tensor], fresh: nn.Module, had: int, has: int) -> dict[str, Tensor]:
    """The first layer and the normalisation for another number of channels; one of the two numbers is 1."""
    if 1 not in (had, has):
        raise UserError(
            f"A network for {had} channels cannot be adapted to {has}: choose a source with {has} channels or with 1."
        )
    first = next(name for name, module in fresh.named_modules() if isinstance(module, LAYERS)) + ".weight"
    kernels = weights[first]
    by_channel = kernels.view(len(kernels), had, -1)  # a linear layer sees the channels one after the other
    if has == 1:
        std = weights["normalize.std"].view(1, had, 1)
        changed = (by_channel * std.mean() / std).sum(1, keepdim=True)

        def pixels(values: Tensor) -> Tensor:
            return values.mean(1, keepdim=True)

    else:
        changed = by_channel.repeat(1, has, 1) / has

        def pixels(values: Tensor) -> Tensor:
            return values.repeat(1, has, 1, 1)

    shape = (len(kernels), has, *kernels.shape[2:]) if kernels.ndim == 4 else (len(kernels), -1)
    normalisation = {name: pixels(weights[name]) for name in ("normalize.mean", "normalize.std")}
    return {first: changed.reshape(shape), **normalisation}


def _must_fit(start: dict[str, Tensor], fresh_weights: dict[str, Tensor]) -> None:
    different = sorted(start.keys() ^ fresh_weights.keys())
    different += [
        name for name in fresh_weights.keys() & start.keys() if fresh_weights[name].shape != start[name].shape
    ]
    if different:
        raise UserError(
            f"The weights of the source do not fit, '{different[0]}' for example: use the source's model and options; "
            f"an mlp also needs images of the same size."
        )


def fingerprint(weights: dict[str, Tensor]) -> str:
    """Hexadecimal sha256 of names and values: two networks with one fingerprint are the same."""
    digest = sha256()
    for name in sorted(weights):
        digest.update(name.encode())
        digest.update(weights[name].detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
