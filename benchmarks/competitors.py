"""Those who are compared. Each trains the same module on the same images with the same recipe, as its users would."""

import contextlib
import functools
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from unittest.mock import patch

import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from benchmarks.gate import Gate
from benchmarks.rows import B_NORMS, OURS, QUIET, A, B
from explorer.data import Dataset, Images
from explorer.training import TrainConfig
from explorer.training.config import learning_rate_at
from explorer.training.events import EpochEnd, Started, Steps


def tutorial(model: nn.Module, data: Dataset, config: TrainConfig, gate: Gate) -> None:
    """A: pytorch/examples' mnist and kuangliu/pytorch-cifar, their numbers of workers, `.item()` at each step."""
    device = torch.device(config.device)
    workers = 2 if data.channels == 3 else int(device.type == "cuda")
    loader = DataLoader(
        Samples(data, config.augment),
        batch_size=config.batch_size,
        shuffle=True,
        num_workers=workers,
        pin_memory=device.type == "cuda",
    )
    model.to(device).train()
    optimizer = new_optimizer(model, config)
    steps = config.epochs * len(loader)
    step, loss_sum, correct = 0, 0.0, 0
    with normalised_outside(model):
        for _ in range(config.epochs):
            for images, labels in loader:
                images, labels = images.to(device), labels.to(device)
                for group in optimizer.param_groups:
                    group["lr"] = learning_rate_at(config, step, steps)
                optimizer.zero_grad()
                outputs = model(images)
                loss = F.cross_entropy(outputs, labels, label_smoothing=config.label_smoothing)
                loss.backward()
                optimizer.step()
                loss_sum += loss.item()
                correct += outputs.max(1)[1].eq(labels).sum().item()
                step += 1
                gate.tick(len(labels))


def lightning(model: nn.Module, data: Dataset, config: TrainConfig, gate: Gate, norms: bool = False) -> None:
    """B: Lightning, tuned: bf16-mixed on a GPU, channels_last, fused optimizer, persistent pinned workers.

    `norms` logs the gradient norm of every parameter at every step to TensorBoard, with Lightning's own `grad_norm`.
    """
    import lightning as L
    from lightning.pytorch.loggers import TensorBoardLogger
    from lightning.pytorch.utilities import grad_norm

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    cuda = config.device == "cuda"
    workers = min(os.cpu_count() or 1, 16)
    loader = DataLoader(
        Samples(data, config.augment),
        batch_size=config.batch_size,
        shuffle=True,
        num_workers=workers,
        pin_memory=cuda,
        persistent_workers=True,
    )
    steps = config.epochs * len(loader)

    class Task(L.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = model.to(memory_format=torch.channels_last)

        def training_step(self, batch: Batch, _: int) -> torch.Tensor:
            images, labels = batch
            outputs = self.model(images.to(memory_format=torch.channels_last))
            return F.cross_entropy(outputs, labels, label_smoothing=config.label_smoothing)

        def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
            if norms:
                self.log_dict(grad_norm(self.model, norm_type=2))

        def configure_optimizers(self) -> dict[str, object]:
            optimizer = new_optimizer(self.model, config, fused=True)
            rate = torch.optim.lr_scheduler.LambdaLR(
                optimizer, lambda step: learning_rate_at(config, step, steps) / config.learning_rate
            )
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": rate, "interval": "step"}}

    class Ticks(L.Callback):
        def on_train_batch_end(
            self, trainer: L.Trainer, task: Task, outputs: object, batch: Batch, number: int
        ) -> None:
            gate.tick(len(batch[1]))

    with tempfile.TemporaryDirectory() as folder, normalised_outside(model):
        trainer = L.Trainer(
            max_epochs=config.epochs,
            accelerator="gpu" if cuda else "cpu",
            devices=1,
            precision="bf16-mixed" if cuda else "32-true",
            benchmark=True,
            logger=TensorBoardLogger(folder) if norms else False,
            log_every_n_steps=1,
            callbacks=[Ticks()],
            enable_progress_bar=False,
            enable_model_summary=False,
            enable_checkpointing=False,
        )
        trainer.fit(Task(), loader)


def ours(model: nn.Module, data: Dataset, config: TrainConfig, gate: Gate) -> None:
    """C: `fit()`, with the gradient norm of every parameter at every step."""
    from explorer.training.loop import fit

    counted = 0
    for event in fit(model, data, config):
        if isinstance(event, Started):
            per_epoch = event.steps_per_epoch
        elif isinstance(event, Steps):
            done = event.first_step - 1 + len(event.loss)
            epochs, rest = divmod(done, per_epoch)
            images = epochs * len(data.train) + rest * config.batch_size
            gate.tick(images - counted)
            counted = images
            if rest == 0:
                gate.hold()
        elif isinstance(event, EpochEnd):
            gate.go_on()


def ours_quiet(model: nn.Module, data: Dataset, config: TrainConfig, gate: Gate) -> None:
    """C without telemetry: loss and accuracy of each step alone, to tell what the norms cost."""
    from explorer.training.telemetry import Telemetry

    class LossOnly(Telemetry):
        @torch.no_grad()
        def measure(self, loss: torch.Tensor, logits: torch.Tensor, labels: torch.Tensor) -> None:
            torch.stack([loss, (logits.argmax(1) == labels).sum().to(loss.dtype)], out=self._row[:2])

    with patch("explorer.training.loop.Telemetry", LossOnly), patch("explorer.training.telemetry.WEIGHTS_EVERY", 2**40):
        ours(model, data, config, gate)


Batch = tuple[torch.Tensor, torch.Tensor]  # images and labels
Competitor = Callable[[nn.Module, Dataset, TrainConfig, Gate], None]

COMPETITORS: dict[str, Competitor] = {
    A: tutorial,
    B: lightning,
    B_NORMS: functools.partial(lightning, norms=True),
    QUIET: ours_quiet,
    OURS: ours,
}


class Samples:
    """The training images one by one, as torchvision's data sets give them: through PIL, ToTensor and Normalize."""

    def __init__(self, data: Dataset, augment: bool) -> None:
        from torchvision import transforms

        self.split: Images = data.train
        standard = [transforms.RandomCrop(data.size, padding=4)]
        if data.input_spec.may_flip:
            standard.append(transforms.RandomHorizontalFlip())
        self.transform = transforms.Compose(
            [*(standard if augment else ()), transforms.ToTensor(), transforms.Normalize(data.mean, data.std)]
        )

    def __len__(self) -> int:
        return len(self.split)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        pixels = self.split.pixels[index]
        image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
        return self.transform(image), int(self.split.labels[index])


@contextlib.contextmanager
def normalised_outside(model: nn.Module) -> Iterator[None]:
    """While a DataLoader normalises, as these examples have it, the model's own normalisation rests."""
    normalize, model.normalize = model.normalize, nn.Identity()
    try:
        yield
    finally:
        model.normalize = normalize


def new_optimizer(model: nn.Module, config: TrainConfig, fused: bool | None = None) -> torch.optim.Optimizer:
    """The recipe's optimizer, as in `fit()`: no weight decay of biases and batch norm, Nesterov momentum."""
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    if config.optimizer == "sgd":
        nesterov = config.momentum > 0
        return torch.optim.SGD(
            groups, lr=config.learning_rate, momentum=config.momentum, nesterov=nesterov, fused=fused
        )
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=fused)
