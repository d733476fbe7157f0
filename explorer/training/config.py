"""How to train: one frozen dataclass, checked when it is made."""

import math
import re
from dataclasses import dataclass
from typing import Any

from explorer.errors import UserError, unknown

OPTIMIZERS = ("adamw", "sgd")
SCHEDULES = ("constant", "cosine", "onecycle", "steps")
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bfloat16")
PATHS = ("auto", "plain", "captured")
BALANCES = ("none", "class-weights", "sampler")
NORM_STATISTICS = ("recomputed", "running")
SCRATCH = "scratch"
TUNES = (SCRATCH, "frozen", "last-K", "all")
_TUNE = re.compile(r"scratch|frozen|all|last-[1-9]\d{0,3}")


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a model learns. Two runs on one CPU with equal configs and equal numbers of threads
    have equal histories; with other threads, sums are taken in another order, and the last digits differ."""

    epochs: int = 10
    batch_size: int = 64  # images a step; a single image that an epoch leaves over joins its last step
    learning_rate: float = 0.003  # the peak, where a schedule varies it
    optimizer: str = "adamw"
    schedule: str = "cosine"
    momentum: float = 0.9  # of sgd (Nesterov); adamw uses its usual betas 0.9 and 0.999
    weight_decay: float = 0.0  # decoupled for adamw, L2 for sgd; on weights of two or more dimensions only
    label_smoothing: float = 0.0  # of what is minimised; every recorded loss, also that of training, is without it
    clip_norm: float = 0.0  # largest total gradient norm; 0 does not clip
    augment: bool = False  # random crop (4 pixels of padding) and, where mirror images mean the same, flip
    patience: int = 0  # epochs without a better validation accuracy before training ends early; 0 never ends early
    fraction: float = 1.0  # of the training images, the same share of each class; which ones, the seed decides
    passes: int = 1  # over the training images in an epoch, that is between two looks at the validation images
    tune: str = SCRATCH  # what of the source's network learns: frozen (the head alone), last-K (and K blocks), all
    source: str = ""  # id of the run that lends its weights; none for a start from random weights (scratch)
    source_epoch: str = "best"  # of the source's weights: best, last or a number
    head_learning_rate: float = 0.0  # the peak for the class head; 0 is learning_rate
    balance: str = "none"  # of unequal classes: rare images weigh more, or come more often; see training/balance.py
    norm_statistics: str = "recomputed"  # of batch normalisation outside training; see training/norms.py
    extended: tuple[tuple[int, int], ...] = ()  # (epochs done, epochs planned) whenever an ended run was given more
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
        _between("fraction", self.fraction, 1e-6, 1)
        _between("passes", self.passes, 1, 1000, whole=True)
        _between("head_learning_rate", self.head_learning_rate, 0, 100)
        self._check_source()
        self._check_extended()
        if not isinstance(self.augment, bool):
            raise UserError(f"augment {self.augment!r} is not possible: give true or false.")
        for kind, choices in (
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
            ("device", DEVICES),
            ("precision", PRECISIONS),
            ("path", PATHS),
            ("balance", BALANCES),
            ("norm_statistics", NORM_STATISTICS),
        ):
            if getattr(self, kind) not in choices:
                raise unknown(kind, getattr(self, kind), choices)

    def _check_extended(self) -> None:
        """Also makes tuples of what JSON has made lists."""
        given = self.extended if isinstance(self.extended, list | tuple) else (self.extended,)
        pairs: tuple[tuple[Any, ...], ...] = tuple(
            tuple(pair) if isinstance(pair, list | tuple) else (pair,) for pair in given
        )
        object.__setattr__(self, "extended", pairs)
        if not all(len(pair) == 2 and all(type(epochs) is int for epochs in pair) for pair in pairs):
            raise UserError(f"extended {pairs!r} is not possible: give pairs of epochs done and epochs planned.")
        done = [0, *(pair[0] for pair in pairs), self.epochs]
        if pairs and (sorted(set(done)) != done or any(pair[0] > pair[1] for pair in pairs)):
            raise UserError(f"extended {pairs!r} is not possible: give rising numbers of epochs below {self.epochs}.")

    def planned_epochs(self, epoch: int) -> int:
        """How many epochs were planned when this one was trained: over them its schedule reaches."""
        return next((planned for done, planned in self.extended if epoch <= done), self.epochs)

    def _check_source(self) -> None:
        if not re.fullmatch(r"best|last|\d{1,5}", str(self.source_epoch)):
            raise UserError(f"source_epoch {self.source_epoch!r} is not possible: give best, last or a number.")
        if not isinstance(self.tune, str) or not _TUNE.fullmatch(self.tune):
            raise unknown("way to tune", self.tune, TUNES)
        if self.tune == SCRATCH and self.source:
            raise UserError(f"tune 'scratch' takes no weights from {self.source!r}: give no source, or another tune.")
        if self.tune != SCRATCH and not self.source:
            raise UserError(f"tune {self.tune!r} needs a run to start from: give its id as source, or tune 'scratch'.")


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
    steps: a tenth of the peak after half of the steps, a hundredth after three quarters (He et al. 2015, section 4.2).
    """
    peak, done = config.learning_rate, step / max(steps, 1)
    if config.schedule == "cosine":
        return peak * 0.5 * (1 + math.cos(math.pi * done))
    if config.schedule == "onecycle":
        warm = 0.3
        if done < warm:
            return peak * (1 / 25 + (1 - 1 / 25) * done / warm)
        return peak * 0.5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm)))
    if config.schedule == "steps":
        return peak * (1 if done < 0.5 else 0.1 if done < 0.75 else 0.01)
    return peak
