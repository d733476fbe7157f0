"""What is measured: plain data. One Row is one model on one data set with one recipe."""

from dataclasses import dataclass, field
from typing import Any

A, B, B_NORMS, QUIET, OURS = "A tutorial", "B Lightning", "B + norms", "C quiet", "C telemetry"
EVERYBODY = (A, B, B_NORMS, QUIET, OURS)
CIFAR10 = "cifar10"  # the data set that --cifar10 may replace by the same images in a folder


@dataclass(frozen=True)
class Row:
    """`config` holds fields of TrainConfig, the same for every competitor."""

    title: str
    device: str  # "cpu" or "cuda"
    dataset: str
    model: str
    config: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)  # of the model
    goals: tuple[tuple[str, float], ...] = ()  # (competitor, how many times its speed C telemetry should reach)
    whole: bool = False  # ours alone, trained to the last epoch with several seeds, and the test images looked at


def _versus(title: str, model: str, batch: int, **options: Any) -> Row:
    recipe = {"batch_size": batch, "optimizer": "sgd", "learning_rate": 0.1, "weight_decay": 5e-4, "augment": True}
    return Row(title, "cuda", CIFAR10, model, {**recipe, "epochs": 25}, options, ((A, 5.0), (B_NORMS, 3.0)))


MNIST = {"batch_size": 128, "optimizer": "adamw", "learning_rate": 0.003, "epochs": 3}
RESNET20 = {
    "batch_size": 128,
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "weight_decay": 1e-4,
    "augment": True,
    "epochs": 10,
}
QUICK = {"batch_size": 512, "optimizer": "sgd", "schedule": "onecycle", "weight_decay": 5e-4, "augment": True}

ROWS = {
    "cpu-cnn": Row("small CNN on MNIST, batch 128", "cpu", "mnist", "simple_cnn", MNIST, goals=((A, 2.5),)),
    "cpu-mlp": Row("mlp on MNIST, batch 128", "cpu", "mnist", "mlp", MNIST, goals=((A, 8.0),)),
    "cpu-resnet20": Row("resnet20 on CIFAR-10, batch 128", "cpu", CIFAR10, "resnet20", RESNET20, goals=((A, 2.3),)),
    **{
        f"gpu-{short}-{batch}": _versus(f"{title} on CIFAR-10, batch {batch}", model, batch, **options)
        for short, title, model, options in (
            ("resnet18", "resnet18", "resnet18", {}),
            ("vgg16", "vgg16, compact head", "vgg16", {}),
            ("vgg16-4096", "vgg16, 4096-wide head", "vgg16", {"head": "imagenet"}),
            ("resnet56", "resnet56", "resnet56", {}),
        )
        for batch in (128, 512)
    },
    "gpu-vgg16-25": Row(
        "vgg16, 4096-wide head, 25 epochs: under 30 s, above 90 %",
        "cuda",
        CIFAR10,
        "vgg16",
        {**QUICK, "learning_rate": 0.05, "epochs": 25},
        {"head": "imagenet"},
        whole=True,
    ),
    "gpu-cifar10-best": Row(
        "CIFAR-10 at its best, resnet18: above 94 %",
        "cuda",
        CIFAR10,
        "resnet18",
        {**QUICK, "learning_rate": 0.4, "label_smoothing": 0.1, "epochs": 40},
        whole=True,
    ),
    "gpu-he-resnet20": Row(
        "ResNet-20 in He's 64,000 steps (cosine for his two drops): 8.75 % error",
        "cuda",
        CIFAR10,
        "resnet20",
        {**RESNET20, "epochs": 182},
        whole=True,
    ),
    "gpu-mnist-99": Row(
        "MNIST to 99 % in under 3 s of training",
        "cuda",
        "mnist",
        "simple_cnn",
        {"batch_size": 512, "learning_rate": 0.01, "schedule": "onecycle", "epochs": 4},
        whole=True,
    ),
    "gpu-mnist-best": Row(
        "MNIST at its best: 99.6 %",
        "cuda",
        "mnist",
        "simple_cnn",
        {"batch_size": 512, "learning_rate": 0.01, "schedule": "onecycle", "augment": True, "epochs": 30},
        whole=True,
    ),
}
