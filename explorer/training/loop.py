"""The training loop."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from explorer.data import Dataset, Images
from explorer.training.batches import DeviceImages, epoch_generator
from explorer.training.config import TrainConfig, learning_rate_at
from explorer.training.device import choose_device, choose_precision, device_name
from explorer.training.events import EpochEnd, Evaluation, Event, Started
from explorer.training.telemetry import Telemetry

EVALUATION_BATCH = 256


@dataclass(frozen=True)
class Resume:
    """Where to go on: the model given to `fit()` must hold the weights from the end of `epoch`."""

    epoch: int
    optimizer: dict  # as `optimizer.state_dict()` gave it


def fit(model: nn.Module, data: Dataset, config: TrainConfig, resume: Resume | None = None) -> Iterator[Event]:
    """Train `model` in place, and tell what happens as it happens; whoever iterates decides what to keep.

    Close the generator to stop: the model keeps what it has learned so far. Weights come from the caller: seed
    torch before building the model. Each epoch draws everything random from (seed, epoch), so resuming after
    epoch n gives the numbers of never having stopped.
    """
    device = choose_device(config.device)
    precision = choose_precision(config, device)
    model.to(device, memory_format=torch.channels_last)
    train = DeviceImages(data.train.pixels, data.train.labels, device)
    steps_per_epoch = -(-len(train) // config.batch_size)
    optimizer = make_optimizer(model, config)
    if resume:
        restore(optimizer, resume.optimizer)
    done = resume.epoch if resume else 0
    telemetry = Telemetry(model, device, first_step=done * steps_per_epoch + 1)
    yield Started(
        device.type, device_name(device), str(precision).removeprefix("torch."), telemetry.names, steps_per_epoch
    )
    for epoch in range(done + 1, config.epochs + 1):
        began = time.perf_counter()
        telemetry.start_epoch()
        generator = epoch_generator(config.seed, epoch)
        torch.manual_seed(generator.initial_seed())  # dropout
        model.train()
        batches = train.shuffled(config.batch_size, generator, config.augment, flip=not data.ink)
        for step, (images, labels) in enumerate(batches, start=(epoch - 1) * steps_per_epoch):
            rate = learning_rate_at(config, step, config.epochs * steps_per_epoch)
            train_step(model, images, labels, optimizer, rate, config, precision, telemetry)
            if telemetry.due:
                yield telemetry.take(epoch)
        yield telemetry.take(epoch)
        trained = time.perf_counter() - began
        validation = evaluate(model, data.validation, precision)
        seconds = time.perf_counter() - began
        yield EpochEnd(
            epoch,
            telemetry.epoch_loss,
            telemetry.epoch_accuracy,
            validation.loss,
            validation.accuracy,
            rate,
            seconds,
            telemetry.images / trained,
            optimizer,
        )


def train_step(
    model: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    learning_rate: float,
    config: TrainConfig,
    precision: torch.dtype,
    telemetry: Telemetry,
) -> None:
    """Forward, backward, measure, update. Nothing here waits for the device."""
    with torch.autocast(images.device.type, dtype=precision, enabled=precision != torch.float32):
        logits = model(images)
    loss = F.cross_entropy(logits.float(), labels, label_smoothing=config.label_smoothing)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    telemetry.record(loss, (logits.argmax(1) == labels).sum().float(), len(labels))
    if config.clip_norm:
        nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()


def make_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """Fused AdamW, or fused SGD with Nesterov momentum. Biases and batch-norm parameters are not decayed."""
    learned = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in learned if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in learned if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if config.optimizer == "sgd":
        return torch.optim.SGD(
            groups, lr=config.learning_rate, momentum=config.momentum, nesterov=config.momentum > 0, fused=True
        )
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)


def restore(optimizer: torch.optim.Optimizer, state: dict) -> None:
    """Load a state dict, each tensor in its parameter's memory format: fused kernels walk both alike."""
    optimizer.load_state_dict(state)
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                values[key] = torch.empty_like(parameter).copy_(value)


@torch.inference_mode()
def evaluate(model: nn.Module, split: Images, precision: torch.dtype = torch.float32) -> Evaluation:
    """Loss, accuracy and predictions of `model` on a split, in eval mode; the model's mode is put back."""
    device = next(model.parameters()).device
    was_training, total, predictions = model.training, torch.zeros((), device=device), []
    model.eval()
    images_on_device = DeviceImages(split.pixels, split.labels, device)
    for images, labels in images_on_device.in_order(EVALUATION_BATCH):
        with torch.autocast(device.type, dtype=precision, enabled=precision != torch.float32):
            logits = model(images)
        total += F.cross_entropy(logits.float(), labels, reduction="sum")
        predictions.append(logits.argmax(1))
    model.train(was_training)
    predicted = torch.cat(predictions)
    accuracy = (predicted == images_on_device.labels).float().mean().item()
    return Evaluation(total.item() / len(split), accuracy, predicted.cpu().numpy())
