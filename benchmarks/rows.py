"""What is measured: plain data. One Row is one model on one data set with one recipe."""

from dataclasses import dataclass, field

from explorer.options import OptionValue
from explorer.studies.presets import PRESETS

A, B, B_NORMS, QUIET, OURS = "A tutorial", "B Lightning", "B + norms", "C quiet", "C telemetry"
EVERYBODY = (A, B, B_NORMS, QUIET, OURS)
SIDE = "C side by side"  # a run on each core, as a study has them; of a CPU alone
CIFAR10 = "cifar10"  # the data set that --cifar10 may replace by the same images in a folder


@dataclass(frozen=True)
class Row:
    """`config` holds fields of TrainConfig, the same for every competitor."""

    title: str
    device: str  # "cpu" or "cuda"
    dataset: str
    model: str
    config: dict[str, OptionValue]
    options: dict[str, OptionValue] = field(default_factory=dict)  # of the model
    goals: tuple[tuple[str, float], ...] = ()  # (competitor, how many times its speed C telemetry should reach)
    study: float | None = None  # goal: how many times A's speed runs side by side reach together
    epoch_seconds: float | None = None  # goal: at most that long for the training of an epoch
    whole: bool = False  # ours alone, trained to the last epoch with several seeds, and the test images looked at
    seconds: float | None = None  # goal of a whole row: of training
    accuracy: float | None = None  # goal of a whole row: a fraction of the test images


def _versus(title: str, model: str, batch: int, epoch_seconds: float | None, **options: OptionValue) -> Row:
    recipe = {"batch_size": batch, "optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 5e-4, "augment": True}
    goals = ((A, 5.0), (B_NORMS, 3.0))
    config = {**recipe, "epochs": 25}
    return Row(title, "cuda", CIFAR10, model, config, options, goals, epoch_seconds=epoch_seconds)


def _whole(preset: str, goal: str, seconds: float | None = None, accuracy: float | None = None) -> Row:
    recipe = PRESETS[preset]
    return Row(
        f"{recipe.title}: {goal}",
        "cuda",
        recipe.dataset,
        recipe.model,
        recipe.training,
        recipe.options,
        whole=True,
        seconds=seconds,
        accuracy=accuracy,
    )


MNIST = {"batch_size": 128, "optimizer": "adamw", "learning_rate": 0.003, "epochs": 3}
RESNET20 = {
    "batch_size": 128,
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "weight_decay": 1e-4,
    "augment": True,
    "epochs": 10,
}

ROWS = {
    "cpu-cnn": Row("small CNN on MNIST, batch 128", "cpu", "mnist", "simple_cnn", MNIST, goals=((A, 2.5),), study=4.0),
    "cpu-mlp": Row("mlp on MNIST, batch 128", "cpu", "mnist", "mlp", MNIST, goals=((A, 8.0),), study=12.0),
    "cpu-resnet20": Row(
        "resnet20 on CIFAR-10, batch 128", "cpu", CIFAR10, "resnet20", RESNET20, goals=((A, 2.3),), study=4.0
    ),
    **{
        f"gpu-{short}-{batch}": _versus(
            f"{title} on CIFAR-10, batch {batch}", model, batch, epoch_seconds if batch == 512 else None, **options
        )
        for short, title, model, epoch_seconds, options in (
            ("resnet18", "resnet18", "resnet18", 0.6, {}),
            ("vgg16", "vgg16, compact head", "vgg16", None, {}),
            ("vgg16-4096", "vgg16, 4096-wide head", "vgg16", None, {"head": "imagenet"}),
            ("resnet56", "resnet56", "resnet56", 0.6, {}),
        )
        for batch in (128, 512)
    },
    "gpu-vgg16-25": _whole("vgg16-25", "under 30 s, above 90 %", seconds=30, accuracy=0.9),
    "gpu-cifar10-best": _whole("cifar10-best", "above 94 %", accuracy=0.94),
    "gpu-he-resnet20": _whole("he-resnet20", "8.75 % error, within 0.5 points", accuracy=0.9075),
    "gpu-mnist-99": _whole("mnist-99", "99 % in under 3 s of training", seconds=3, accuracy=0.99),
    "gpu-mnist-best": _whole("mnist-best", "99.6 %", accuracy=0.996),
}
