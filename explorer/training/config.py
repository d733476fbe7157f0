"""How to train: one frozen dataclass, checked when it is made."""

import math
from dataclasses import dataclass

from explorer.errors import UserError, unknown

OPTIMIZERS = ("adamw", "sgd")
SCHEDULES = ("constant", "cosine", "onecycle")
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bfloat16")
PATHS = ("auto", "plain", "captured")


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a model learns; two CPU runs with equal configs have equal histories."""

    epochs: int = 10
    batch_size: int = 64  # images a step
    learning_rate: float = 0.003  # the peak, where a schedule varies it
    optimizer: str = "adamw"
    schedule: str = "cosine"
    momentum: float = 0.9  # of sgd (Nesterov); adamw uses its usual betas 0.9 and 0.999
    weight_decay: float = 0.0  # decoupled for adamw, L2 for sgd; on weights of two or more dimensions only
    label_smoothing: float = 0.0  # of the training loss; validation and test losses are never smoothed
    clip_norm: float = 0.0  # largest total gradient norm; 0 does not clip
    augment: bool = False  # random crop (4 pixels of padding) and, where mirror images mean the same, flip
    patience: int = 0  # epochs without a better validation accuracy before training ends early; 0 never ends early
    seed: int = 0  # initial weights, order of images, crops and flips, dropout
    device: str = "auto"
    precision: str = "auto"
    path: str = "auto"  # of a step: launched operation by operation, or captured once and replayed as a CUDA graph

    def __post_init__(self) -> None:
        _between("epochs", self.epochs, 1, 10_000, whole=True)
        _between("batch_size", self.batch_size, 1, 65_536, whole=True)
        _between("learning_rate", self.learning_rate, 1e-8, 100)
        _between("momentum", self.momentum, 0, 0.9999)
        _between("weight_decay", self.weight_decay, 0, 10)
        _between("label_smoothing", self.label_smoothing, 0, 0.9)
        _between("clip_norm", self.clip_norm, 0, 1e6)
        _between("patience", self.patience, 0, 10_000, whole=True)
        _between("seed", self.seed, 0, 2**31 - 1, whole=True)
        if not isinstance(self.augment, bool):
            raise UserError(f"augment {self.augment!r} is not possible: give true or false.")
        for kind, choices in (
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
            ("device", DEVICES),
            ("precision", PRECISIONS),
            ("path", PATHS),
        ):
            if getattr(self, kind) not in choices:
                raise unknown(kind, getattr(self, kind), choices)


def _between(name: str, value: float, low: float, high: float, whole: bool = False) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or (whole and int(value) != value) or not low <= value <= high:
        kind = "a whole number" if whole else "a number"
        raise UserError(f"{name} {value!r} is not possible: give {kind} from {low:g} to {high:g}.")


def learning_rate_at(config: TrainConfig, step: int, steps: int) -> float:
    """The learning rate of step `step` (0-based) of `steps`: a pure function, so that resuming needs no state.

    cosine: from the peak down to 0 (Loshchilov & Hutter 2017, without restarts).
    onecycle: linear from a 25th of the peak up to it over the first 30 % of the steps, then cosine down to 0
    (Smith & Topin 2018).
    """
    peak, done = config.learning_rate, step / max(steps, 1)
    if config.schedule == "cosine":
        return peak * 0.5 * (1 + math.cos(math.pi * done))
    if config.schedule == "onecycle":
        warm = 0.3
        if done < warm:
            return peak * (1 / 25 + (1 - 1 / 25) * done / warm)
        return peak * 0.5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm)))
    return peak
