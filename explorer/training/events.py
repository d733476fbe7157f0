"""The events that `fit()` yields while it trains."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Started:
    """Training begins; all automatic choices have been made."""

    device: str  # "cpu" or "cuda"
    device_name: str
    precision: str  # "float32" or "bfloat16"
    captured: bool  # whether a step is replayed as a CUDA graph
    threads: int  # of the CPU's operations: equal histories need equal numbers
    parameters: tuple[str, ...]  # names, in the order of `Steps.gradient_norms`
    steps_per_epoch: int


@dataclass(frozen=True)
class Steps:
    """What a few consecutive steps measured, sent about four times a second."""

    epoch: int  # 1-based
    first_step: int  # 1-based, counted over the whole run
    loss: np.ndarray  # float32 (n,), mean cross-entropy per image of each batch, without label smoothing
    accuracy: np.ndarray  # float32 (n,), a fraction, of each batch before its update
    gradient_norms: np.ndarray  # float32 (n, parameters), L2 per parameter tensor, before clipping
    weights: dict[int, np.ndarray]  # at some i < n: float32 (2, parameters), L2 norms of weights and of their updates


@dataclass(frozen=True)
class EpochEnd:
    """An epoch is over and the validation images have been evaluated."""

    epoch: int
    train_loss: float  # mean per image over the epoch, while the weights were changing, without label smoothing
    train_accuracy: float
    validation_loss: float  # mean per image, eval mode, after the epoch
    validation_accuracy: float
    validation_balanced_accuracy: float  # the mean recall of the classes
    running_accuracy: float | None  # the same with running averages in batch norm; None if they are used anyway
    learning_rate: float  # of the epoch's last step
    seconds: float  # training and validation
    images_per_second: float  # of training alone
    dead_relus: dict[str, float]  # layer → fraction of its channels that no probe image activates
    probe_images: int  # number of probe images
    optimizer: "torch.optim.Optimizer"  # so that its state can be stored for resuming


@dataclass(frozen=True)
class Evaluation:
    """Loss and predictions for one split, in eval mode."""

    loss: float  # mean per image
    accuracy: float
    balanced_accuracy: float  # the mean recall of the classes
    predictions: np.ndarray  # int64 (N,)


Event = Started | Steps | EpochEnd
