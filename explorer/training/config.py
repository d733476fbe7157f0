"""How to train: one frozen dataclass, checked when it is made."""

import math
import re
from dataclasses import dataclass
from typing import Any

from explorer.errors import UserError, unknown
from explorer.options import Configurable, option

SCRATCH = "scratch"
TUNES = (SCRATCH, "frozen", "last-K", "all")
_TUNE = re.compile(r"scratch|frozen|all|last-[1-9]\d{0,3}")
OF_THE_MACHINE = frozenset({"device", "precision", "path"})  # where and how a step is computed, not what is learned


@dataclass(frozen=True)
class TrainConfig(Configurable):
    """Everything that determines how a model learns. Two runs on one CPU with equal configs and equal numbers of
    threads have equal histories; with other threads, sums are taken in another order, and the last digits differ.

    The Train page and its links, `train`, presets and the visitor's own study offer every option declared here. A field
    that is not an option says where the weights come from, or what happened to an ended run. Raises UserError if a
    value is not possible.
    """

    epochs: int = option(10, "Number of epochs.", low=1, high=10_000)
    batch_size: int = option(
        64, "Images per step; a single image left over at the end of an epoch joins the last step.", low=1, high=65_536
    )
    learning_rate: float = option(
        0.003,
        "The learning rate, or its peak if a schedule varies it.",
        low=1e-8,
        high=100.0,
        step=0.001,
        flag="--lr",
    )
    optimizer: str = option(
        "adamw",
        "AdamW; SGD with Nesterov momentum; or Muon, whose steps are orthogonal matrices, for kernels and hidden "
        "weights, with SGD for biases and the class head.",
        choices=("adamw", "sgd", "muon"),
    )
    schedule: str = option(
        "cosine",
        "Course of the learning rate: constant; cosine, falling to 0; onecycle, rising and then falling to 0; steps, a "
        "tenth after half of the steps and a hundredth after three quarters.",
        choices=("constant", "cosine", "onecycle", "steps"),
    )
    momentum: float = option(
        0.9,
        "Nesterov momentum of sgd and muon; adamw uses its usual betas 0.9 and 0.999.",
        low=0.0,
        high=0.9999,
        step=0.05,
    )
    weight_decay: float = option(
        0.0,
        "Decoupled for adamw and muon, L2 for sgd; only on weights of two or more dimensions.",
        low=0.0,
        high=10.0,
        step=0.0001,
    )
    label_smoothing: float = option(
        0.0,
        "Label smoothing in the minimised loss; recorded losses exclude it.",
        low=0.0,
        high=0.9,
        step=0.05,
    )
    clip_norm: float = option(
        0.0,
        "Maximum total gradient norm; 0: no clipping.",
        low=0.0,
        high=1e6,
        label="Gradient clipping",
    )
    lookahead: bool = option(
        False,
        "Slow weights follow those of the optimizer and draw them back every 5 steps, more and more towards the end.",
    )
    augment: bool = option(False, "Random crops, and horizontal flips except for handwriting.")
    flips: str = option(
        "random",
        "Horizontal flips of augmentation: random in every epoch; or alternating: chosen at random for the first, then "
        "every image is mirrored in every other epoch.",
        choices=("random", "alternating"),
        label="Flips of augmentation",
    )
    crop_padding: int = option(
        4, "Pixels around the image from which augmentation crops: a crop moves by at most this many.", low=0, high=16
    )
    test_time_flips: bool = option(
        False,
        "When the run ends, classify the test images a second time, each by the mean logits of itself and its mirror "
        "image; not handwriting. Recorded beside the test accuracy.",
    )
    patience: int = option(
        0,
        "Early stopping: epochs without a better validation accuracy before training ends; 0: never.",
        low=0,
        high=10_000,
    )
    fraction: float = option(
        1.0, "Share of the training images, equal for each class; the seed decides which ones.", low=1e-6, high=1.0
    )
    passes: int = option(
        1,
        "Passes over the training images in an epoch.",
        low=1,
        high=1000,
    )
    tune: str = (
        SCRATCH  # which layers of the source's network learn: frozen (only the head), last-K (and K blocks), all
    )
    source: str = ""  # id of the run with the pretrained weights; "" for random weights (scratch)
    source_epoch: str = "best"  # of the source's weights: best, last or a number
    head_learning_rate: float = option(
        0.0,
        "Peak learning rate of the class head; 0: that of all other layers.",
        low=0.0,
        high=100.0,
        step=0.001,
        flag="--head-lr",
    )
    bias_learning_rate: float = option(
        0.0,
        "Peak learning rate of biases; 0: that of all other parameters.",
        low=0.0,
        high=10_000.0,
        step=0.001,
        flag="--bias-lr",
    )
    balance: str = option(
        "none",
        "For classes of unequal size. class-weights: in the minimised loss, the weight of an image is inversely "
        "proportional to the frequency of its class. sampler: an epoch has equally many images of each class. Recorded "
        "losses weight all these images equally.",
        choices=("none", "class-weights", "sampler"),
        label="Class balancing",
    )
    norm_statistics: str = option(
        "recomputed",
        "Batch-norm statistics in evaluation: recomputed over training images after each epoch, or the running "
        "averages of the batches, which lag behind the weights.",
        choices=("recomputed", "running"),
        label="Batch-norm statistics",
    )
    extended: tuple[tuple[int, int], ...] = ()  # (epochs done, planned) each time an ended run was given more
    seed: int = option(0, "Seed of initial weights, order of images, crops and flips, dropout.", low=0, high=2**31 - 1)
    device: str = option(
        "auto",
        "auto uses a GPU if there is one; an Apple GPU (mps) only after a short training there agreed with the CPU.",
        choices=("auto", "cpu", "cuda", "mps"),
    )
    precision: str = option(
        "auto",
        "auto uses bfloat16 where the GPU or CPU supports it in hardware, otherwise float32.",
        choices=("auto", "float32", "bfloat16"),
    )
    threads: int = option(
        0,
        "Threads on a CPU. 0: one for a small network, so that several train side by side, all for a large one.",
        low=0,
        high=1024,
        label="CPU threads",
    )
    path: str = option(
        "auto",
        "How a step runs on a GPU: captured, as one replayed CUDA graph, or plain, operation by operation; auto uses "
        "captured where possible.",
        choices=("auto", "plain", "captured"),
        label="Step mode",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_source()
        self._check_extended()

    def _check_extended(self) -> None:
        """Also turns lists from JSON into tuples."""
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
        """How many epochs were planned when this one was trained: its schedule spans them."""
        return next((planned for done, planned in self.extended if epoch <= done), self.epochs)

    def _check_source(self) -> None:
        if not re.fullmatch(r"best|last|\d{1,5}", str(self.source_epoch)):
            raise UserError(f"source_epoch {self.source_epoch!r} is not possible: give best, last or a number.")
        if not isinstance(self.tune, str) or not _TUNE.fullmatch(self.tune):
            raise unknown("way to tune", self.tune, TUNES)
        if self.tune == SCRATCH and self.source:
            raise UserError(
                f"tune 'scratch' uses no pretrained weights: leave out source {self.source!r}, or choose another tune."
            )
        if self.tune != SCRATCH and not self.source:
            raise UserError(
                f"tune {self.tune!r} needs pretrained weights: give the id of a run as source, or tune 'scratch'."
            )


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
