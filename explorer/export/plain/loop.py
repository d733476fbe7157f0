"""The training of a run without the app: these functions are copied into the exported file of a run.

Unlike `explorer.training.loop` it measures only losses and accuracies, and always trains from the start. `settings` are
those of TrainConfig with three more: `flip` (whether images may be mirrored), `precision` as a torch.dtype, and
`trainable` (names of the parameters that learn; empty: all).
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.data import Images
from explorer.training.balance import class_weights
from explorer.training.batches import (
    DeviceImages,
    TrainingImages,
    augmentation_of,
    batch_sizes,
    epoch_generator,
    to_float,
)
from explorer.training.config import learning_rate_at
from explorer.training.lookahead import Lookahead
from explorer.training.muon import Muon
from explorer.training.transfer import training_mode


class Epoch(NamedTuple):
    """Losses are means per image, in nats; the accuracy is a fraction."""

    epoch: int
    train_loss: float
    validation_loss: float
    validation_accuracy: float


def train(network: nn.Module, images: Images, held_out_images: Images, settings: SimpleNamespace) -> Iterator[Epoch]:
    """Train the network in place, epoch by epoch. Everything random in an epoch is drawn from (seed, epoch)."""
    device = next(network.parameters()).device
    network.to(memory_format=torch.channels_last)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not settings.trainable or name in settings.trainable)
    augmentation = augmentation_of(settings, settings.flip)  # ty: ignore[invalid-argument-type]
    training = TrainingImages(images, device, augmentation, settings.balance == "sampler")
    validation = DeviceImages(held_out_images, device)
    weights = class_weights(training.labels) if settings.balance == "class-weights" else None
    optimizer = make_optimizer(network, settings)
    lookahead = Lookahead(optimizer) if settings.lookahead else None
    steps = settings.passes * len(batch_sizes(len(training), settings.batch_size))  # of an epoch
    best, best_epoch, total = -1.0, 0, 0.0
    for epoch in range(1, settings.epochs + 1):
        generator = epoch_generator(settings.seed, epoch)
        torch.manual_seed(generator.initial_seed())  # dropout
        training_mode(network)
        planned = next((planned for done, planned in settings.extended if epoch <= done), settings.epochs)
        passes = range((epoch - 1) * settings.passes, epoch * settings.passes)
        batches = (i for number in passes for i in training.shuffle(settings.batch_size, generator, number))
        total = 0.0
        for number, index in enumerate(batches, start=(epoch - 1) * steps):
            for group in optimizer.param_groups:
                rate = learning_rate_at(settings, number, planned * steps)  # ty: ignore[invalid-argument-type]
                group["lr"] = rate * group["factor"]
            total += step(network, *training.batch(index), optimizer, settings, weights) * len(index)
            if lookahead:
                lookahead.after(number + 1, planned * steps)
        recompute_statistics(network, training, settings)
        loss, accuracy = evaluate(network, validation, settings)
        yield Epoch(epoch, total / (settings.passes * len(training)), loss, accuracy)
        if accuracy > best:
            best, best_epoch = accuracy, epoch
        if settings.patience and epoch - best_epoch >= settings.patience:
            return


def step(
    network: nn.Module,
    pixels: torch.Tensor,
    labels: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    settings: SimpleNamespace,
    weights: torch.Tensor | None,
) -> float:
    """One update of the weights; returns the mean cross-entropy of the batch before it. `weights`: of the classes."""
    with autocast(pixels.device, settings):
        logits = network(pixels)
    logits = logits.float()
    recorded = F.cross_entropy(logits, labels)
    if weights is not None:
        losses = F.cross_entropy(logits, labels, label_smoothing=settings.label_smoothing, reduction="none")
        loss = (losses * weights[labels]).mean()
    elif settings.label_smoothing:
        loss = F.cross_entropy(logits, labels, label_smoothing=settings.label_smoothing)
    else:
        loss = recorded
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    if settings.clip_norm:
        nn.utils.clip_grad_norm_(network.parameters(), settings.clip_norm)
    optimizer.step()
    return recorded.item()


def autocast(device: torch.device, settings: SimpleNamespace) -> torch.autocast:
    """For a forward pass in training; the weights stay float32."""
    enabled = settings.precision != torch.float32
    return torch.autocast(device.type, settings.precision, enabled=enabled, cache_enabled=False)


def make_optimizer(network: nn.Module, settings: SimpleNamespace) -> torch.optim.Optimizer:
    """Biases and batch-norm parameters are not decayed; they and the class head may have their own learning rates. Muon
    does not train the head's matrix."""
    *_, head = (name for name, module in network.named_modules() if isinstance(module, nn.Linear))
    groups: dict[tuple[float, bool, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        module, _, kind = name.rpartition(".")
        own = settings.bias_learning_rate if kind == "bias" else 0.0
        own = settings.head_learning_rate or own if module == head else own
        factor, decays = own / settings.learning_rate if own else 1.0, parameter.ndim > 1
        if parameter.requires_grad:
            groups.setdefault((factor, decays, decays and module != head), []).append(parameter)
    options = [
        {"params": members, "lr": 0.0, "factor": factor, "weight_decay": settings.weight_decay if decays else 0.0}
        | ({"orthogonal": orthogonal} if settings.optimizer == "muon" else {})
        for (factor, decays, orthogonal), members in groups.items()
    ]
    if settings.optimizer == "muon":
        return Muon(options, settings.momentum)
    if settings.optimizer == "sgd":
        return torch.optim.SGD(options, momentum=settings.momentum, nesterov=settings.momentum > 0, fused=True)
    return torch.optim.AdamW(options, fused=True)


@torch.no_grad()
def recompute_statistics(network: nn.Module, training: DeviceImages, settings: SimpleNamespace) -> None:
    """Set the batch-norm statistics to those of the current weights, from 256 training images without crops or
    flips."""
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    norms = [norm for norm in norms if norm.training]  # frozen layers keep theirs
    if not norms or settings.norm_statistics != "recomputed":
        return
    momenta = [norm.momentum for norm in norms]
    network.eval()
    for norm in norms:
        norm.train()
        norm.momentum = 1.0  # the next statistics replace the old ones
    order = torch.randperm(len(training), generator=torch.Generator().manual_seed(settings.seed))
    pixels = training.pixels.index_select(0, order[:256].to(training.device))
    with evaluation(pixels.device, settings):
        network(to_float(pixels))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


@torch.inference_mode()
def evaluate(network: nn.Module, images: DeviceImages, settings: SimpleNamespace) -> tuple[float, float]:
    """(mean loss per image, accuracy as a fraction) in eval mode."""
    network.eval()
    loss, right = 0.0, 0
    for pixels, labels in images.in_order(256):
        with evaluation(pixels.device, settings):
            logits = network(pixels).float()
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        right += int((logits.argmax(1) == labels).sum())
    return loss / len(images), right / len(images)


def evaluation(device: torch.device, settings: SimpleNamespace) -> torch.autocast:
    """For a forward pass in evaluation: in float32 on a CPU, as in training on a GPU."""
    enabled = device.type == "cuda" and settings.precision != torch.float32
    return torch.autocast(device.type, settings.precision, enabled=enabled)
