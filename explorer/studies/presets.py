"""Recipes worth repeating: data, model and training together, for `train --preset` and the Train page. Plain data."""

from dataclasses import dataclass, field

from explorer.options import OptionValue
from explorer.runs import RunConfig
from explorer.training import TrainConfig

HE = "He et al. 2015, Deep Residual Learning for Image Recognition, section 4.2"
JORDAN = "Jordan 2024, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU; Jordan et al. 2024, Muon"
SUPER = "Smith & Topin 2018, Super-Convergence"

QUICK = {
    "batch_size": 512,
    "optimizer": "sgd",
    "schedule": "onecycle",
    "weight_decay": 5e-4,
    "augment": True,
}


@dataclass(frozen=True)
class Preset:
    """One recipe; settings that it does not name have their defaults."""

    title: str
    about: str  # its purpose, one sentence
    dataset: str
    model: str
    training: dict[str, OptionValue]  # fields of TrainConfig
    options: dict[str, OptionValue] = field(default_factory=dict)  # of the model
    source: str = ""

    def config(self, **training: OptionValue) -> RunConfig:
        """The run that it describes; `training` overrides fields of TrainConfig."""
        return RunConfig(self.dataset, self.model, self.options, TrainConfig(**{**self.training, **training}))


PRESETS: dict[str, Preset] = {
    "mnist-99": Preset(
        "MNIST in seconds",
        "A small CNN, four epochs with large batches; designed for a GPU.",
        "mnist",
        "simple_cnn",
        {"epochs": 4, "batch_size": 512, "learning_rate": 0.01, "schedule": "onecycle"},
        source=SUPER,
    ),
    "mnist-best": Preset(
        "MNIST at its best",
        "The same network for 30 epochs on randomly shifted digits.",
        "mnist",
        "simple_cnn",
        {"epochs": 30, "batch_size": 512, "learning_rate": 0.01, "schedule": "onecycle", "augment": True},
        source=SUPER,
    ),
    "cifar10-best": Preset(
        "CIFAR-10 at its best",
        "ResNet-18 with large batches, one cycle of the learning rate and smoothed labels.",
        "cifar10",
        "resnet18",
        {**QUICK, "epochs": 40, "learning_rate": 0.4, "label_smoothing": 0.1},
        source=SUPER,
    ),
    "he-resnet20": Preset(
        "He's ResNet-20",
        "The paper's recipe: 64,000 steps of SGD; the learning rate is divided by ten after half and after three "
        "quarters of them.",
        "cifar10",
        "resnet20",
        {
            "epochs": 182,  # of 352 steps, on 45,000 of the 50,000 images as in the paper
            "batch_size": 128,
            "optimizer": "sgd",
            "learning_rate": 0.1,
            "schedule": "steps",
            "weight_decay": 1e-4,
            "augment": True,
        },
        source=HE,
    ),
    "vgg16-25": Preset(
        "VGG-16 in 25 epochs",
        "VGG-16 with batch norm and its two 4096-wide layers, as trained in a course, with large batches.",
        "cifar10",
        "vgg16",
        {**QUICK, "epochs": 25, "learning_rate": 0.05},
        {"head": "imagenet"},
        source="Simonyan & Zisserman 2015, Very Deep Convolutional Networks",
    ),
    "airbench94": Preset(
        "CIFAR-10 in eight epochs",
        "A network and training made for few epochs: whitening, Muon, alternating flips, label smoothing.",
        "cifar10",
        "airbench94",
        {
            "epochs": 8,
            "batch_size": 1024,
            "optimizer": "muon",
            "learning_rate": 0.24,
            "bias_learning_rate": 100.0,
            "head_learning_rate": 0.02,
            "momentum": 0.6,
            "weight_decay": 0.1,
            "label_smoothing": 0.2,
            "augment": True,
            "flips": "alternating",
            "crop_padding": 2,
            "norm_statistics": "running",
            "test_time_flips": True,
        },
        source=JORDAN,
    ),
}
