"""The training loop."""

import time
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import nn

from explorer.data import Dataset, Images
from explorer.models.work import work_of
from explorer.training.batches import DeviceImages, TrainingImages, augmentation_of, batch_sizes, epoch_generator
from explorer.training.config import TrainConfig, learning_rate_at
from explorer.training.device import resolve
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd, Event, Started
from explorer.training.lookahead import Lookahead
from explorer.training.mixed import threads
from explorer.training.norms import AT_A_STOP, NormStatistics, check_batches
from explorer.training.optimizer import make_optimizer, restore
from explorer.training.probe import more_images, watching_relus
from explorer.training.step import CapturedStep, Step
from explorer.training.telemetry import Telemetry
from explorer.training.transfer import training_mode


@dataclass(frozen=True)
class Resume:
    """Where to continue: the model given to `fit()` must have the weights from the end of `epoch`."""

    epoch: int
    optimizer: dict  # from `optimizer.state_dict()`


def fit(
    model: nn.Module,
    data: Dataset,
    config: TrainConfig,
    resume: Resume | None = None,
    probe_from: Images | None = None,
) -> Generator[Event]:
    """Train `model` in place, and yield events as they happen; the caller decides what to store.

    Close the generator to stop: the model keeps what it has learned so far. Weights come from the caller: seed torch
    before building the model. Each epoch draws everything random from (seed, epoch), so resuming after epoch n gives
    the same numbers as never having stopped, on one kind of machine with one number of threads.

    `probe_from`: training images, even ones that are not trained on, to probe for dead units if the data set has few
    validation images; by default those of `data`.
    """
    channels, size, _ = data.train.pixels.shape[1:]
    plan = resolve(config, work_of(model, channels, size))
    model.to(plan.device).to(memory_format=torch.channels_last)
    sizes = batch_sizes(len(data.train), config.batch_size)
    check_batches(model, data.train.pixels.shape[1:], config.batch_size, min(sizes))
    augmentation = augmentation_of(config, data.input_spec.may_flip)
    train = TrainingImages(data.train, plan.device, augmentation, balanced=config.balance == "sampler")
    validation = DeviceImages(data.validation, plan.device)
    statistics = NormStatistics(model, train, config, plan.evaluation_precision)
    more = more_images(data.validation, data.train if probe_from is None else probe_from)
    more = more and DeviceImages(more, plan.device)
    optimizer = make_optimizer(model, config, capturable=plan.captured)
    if resume:
        restore(optimizer, resume.optimizer)
    lookahead = Lookahead(optimizer) if config.lookahead else None
    done = resume.epoch if resume else 0
    steps_per_epoch = config.passes * len(sizes)
    telemetry = Telemetry(model, plan.device, first_step=done * steps_per_epoch + 1)
    step = (CapturedStep if plan.captured else Step)(model, train, optimizer, telemetry, config, plan)
    yield Started(
        plan.device.type,
        plan.device_name,
        plan.precision_name,
        plan.captured,
        plan.threads,
        telemetry.names,
        steps_per_epoch,
    )

    for epoch in range(done + 1, config.epochs + 1):
        began = time.perf_counter()
        telemetry.start_epoch()
        generator = epoch_generator(config.seed, epoch)
        torch.manual_seed(generator.initial_seed())  # dropout
        training_mode(model)
        passes = range((epoch - 1) * config.passes, epoch * config.passes)
        batches = (index for number in passes for index in train.shuffle(config.batch_size, generator, number))
        steps = config.planned_epochs(epoch) * steps_per_epoch
        try:
            for number, index in enumerate(batches, start=(epoch - 1) * steps_per_epoch):
                rate = learning_rate_at(config, number, steps)
                step(index, rate)
                if lookahead:
                    lookahead.after(number + 1, steps)
                if telemetry.due:
                    yield telemetry.take(epoch)
            yield telemetry.take(epoch)
        except (GeneratorExit, KeyboardInterrupt):
            with threads(plan.threads):
                statistics.recompute(AT_A_STOP)
            raise
        trained = time.perf_counter() - began
        with threads(plan.threads):
            running = evaluate(model, validation, plan.evaluation_precision).accuracy if statistics else None
            statistics.recompute()
            with watching_relus(model) as probe:
                evaluation = evaluate(model, validation, plan.evaluation_precision)
                if more:
                    evaluate(model, more, plan.evaluation_precision)
        yield EpochEnd(
            epoch,
            train_loss=telemetry.epoch_loss,
            train_accuracy=telemetry.epoch_accuracy,
            validation_loss=evaluation.loss,
            validation_accuracy=evaluation.accuracy,
            validation_balanced_accuracy=evaluation.balanced_accuracy,
            running_accuracy=running,
            learning_rate=rate,
            seconds=time.perf_counter() - began,
            images_per_second=telemetry.images / trained,
            dead_relus=probe.dead,
            probe_images=len(validation) + (len(more) if more else 0),
            optimizer=optimizer,
        )
