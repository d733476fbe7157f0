"""A run as plain PyTorch: its code builds the same network, begins with the same weights and learns the same."""

import io
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from explorer.cli import main
from explorer.data.split import part_of
from explorer.errors import UserError
from explorer.export.plain import images, loop, network_code, script, start
from explorer.models import MODELS, build, set_statistics
from explorer.runs import load_model
from explorer.runs.folder import SAMPLES, Run, read
from explorer.runs.record import DeviceRecord
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd
from explorer.training.loop import fit
from explorer.training.mixed import threads
from explorer.training.transfer import freeze

OPTIONS = [
    ("mlp", {"widths": (8, 4), "batch_norm": True, "dropout": 0.5, "activation": "tanh"}),
    ("simple_cnn", {"depth": 2, "kernel": "1x1+3x3", "batch_norm": False, "dropout": 0.1}),
    ("residual_cnn", {"depth": 4, "activation": "gelu", "bias": True}),
    ("vgg11", {"head": "imagenet", "residual": True, "shortcut": "C"}),
    ("vgg13", {"residual": True, "shortcut": "A", "batch_norm": False}),
    ("resnet18", {"stem": "imagenet", "skip": False}),
    ("resnet20", {"shortcut": "B", "width": 2, "activation": "sigmoid"}),
    ("airbench94", {"widths": (4, 8), "whitening": False, "activation": "relu"}),
]


def run_code(*parts: str) -> dict[str, Any]:
    """What the code defines."""
    names: dict[str, Any] = {"__name__": "plain"}
    exec(compile("\n\n".join([script._IMPORTS.replace("Path(__file__)", "Path()"), *parts]), "run.py", "exec"), names)
    return names


@pytest.mark.parametrize(("model", "options"), [*((name, {}) for name in MODELS), *OPTIONS])
def test_the_code_builds_the_network(model: str, options: dict[str, Any]) -> None:
    """Layer for layer with all their settings, and every weight under its name."""
    with torch.device("meta"):
        ours = build(model, 3, 7, 32, **options)
        code = run_code(*network_code.helpers(ours), network_code.class_of(ours))
        plain = code["Network"]()
    assert [f"{name}: {child!r}" for name, child in plain.named_children()] == [
        f"{name}: {child!r}" for name, child in ours.named_children()
    ]
    shapes = {name: tensor.shape for name, tensor in ours.state_dict().items()}
    assert {name: tensor.shape for name, tensor in plain.state_dict().items()} == shapes


@pytest.mark.parametrize(("model", "options"), [*OPTIONS[:3], OPTIONS[6], ("vgg11", {"residual": True}), ("mlp", {})])
def test_it_begins_with_the_same_random_weights(model: str, options: dict[str, Any]) -> None:
    torch.manual_seed(5)
    ours = build(model, 1, 3, 32, **options)
    set_statistics(ours, [0.25], [0.5])
    linear = start.linear_of(model)
    code = run_code(
        "MEAN, STD = [0.25], [0.5]",
        *network_code.helpers(ours),
        start.code(model, str(options.get("activation", "relu"))).split("def fresh")[0],
        network_code.class_of(ours, linear=linear),
        "def fresh" + start.code(model, str(options.get("activation", "relu"))).split("def fresh")[1],
    )
    plain = code["fresh_network"](5)
    for name, tensor in ours.state_dict().items():
        assert torch.equal(plain.state_dict()[name], tensor), name


def test_a_module_that_it_cannot_write_is_one_sentence() -> None:
    with pytest.raises(UserError, match="A Softmax cannot be written"):
        network_code.class_of(nn.Sequential(nn.Softmax(1)))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"augment": True, "optimizer": "sgd", "schedule": "steps", "weight_decay": 0.01, "passes": 2},
        {"balance": "sampler", "label_smoothing": 0.1, "clip_norm": 0.5, "norm_statistics": "running"},
        {"balance": "class-weights", "schedule": "onecycle", "head_learning_rate": 0.01, "seed": 3},
        {"tune": "last-1", "source": "digits-mlp-0001", "extended": ((1, 1),), "schedule": "constant"},
        {"precision": "bfloat16", "batch_size": 32, "patience": 1, "learning_rate": 1e-8},
        {"optimizer": "muon", "bias_learning_rate": 0.1, "weight_decay": 0.1, "lookahead": True, "augment": True},
        {"optimizer": "sgd", "head_learning_rate": 0.1, "augment": True, "crop_padding": 1, "flips": "alternating"},
    ],
    ids=str,
)
def test_it_trains_as_the_app_does(tiny, values: dict[str, Any]) -> None:
    config = TrainConfig(**{"epochs": 3, "batch_size": 20, "threads": 1, "precision": "float32"} | values)

    def fresh() -> nn.Module:
        torch.manual_seed(config.seed)
        model = build("simple_cnn", 1, 3, 8, depth=2, dropout=0.2)
        set_statistics(model, tiny.mean, tiny.std)
        freeze(model, config.tune)
        return model

    model, plain = fresh(), fresh()
    learned = tuple(name for name, parameter in plain.named_parameters() if parameter.requires_grad)
    precision = getattr(torch, config.precision)
    settings = SimpleNamespace(
        **asdict(config) | {"flip": tiny.input_spec.may_flip, "precision": precision, "trainable": learned}
    )
    recorded = [event for event in fit(model, tiny, config) if isinstance(event, EpochEnd)]
    with threads(1):
        epochs = list(loop.train(plain, tiny.train, tiny.validation, settings))
    assert len(epochs) == (2 if config.patience else len(recorded))
    for epoch, event in zip(epochs, recorded, strict=False):
        assert epoch.train_loss == pytest.approx(event.train_loss, rel=1e-6)
        assert epoch.validation_loss == pytest.approx(event.validation_loss, rel=1e-6)
        assert epoch.validation_accuracy == event.validation_accuracy


def load(folder: Path) -> dict[str, Any]:
    names = {"__name__": "plain", "__file__": str(folder / "run.py")}
    exec(compile((folder / "run.py").read_text(), "run.py", "exec"), names)
    return names


def test_its_logits_are_ours_to_the_bit_and_its_images_those_of_the_run(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    out = tmp_path / "plain"
    assert main(["export", "sample-residual", "--as", "pytorch", "--out", str(out)]) == 0
    code = load(out)
    printed = io.StringIO()
    with redirect_stdout(printed):
        code["show_logits"]()
    assert "largest difference from the app's logits: 0.00e+00" in printed.getvalue()
    weights = load_model("sample-residual").state_dict()
    for name, tensor in code["trained_network"]().state_dict().items():
        assert torch.equal(tensor, weights[name])
    assert [len(part.labels) for part in code["load_images"]()] == [1157, 258, 382]
    assert len(code["RECORDED"]) == 8
    assert "explorer" not in "".join(line for line in (out / "run.py").read_text().splitlines() if "import" in line)


@pytest.mark.slow
def test_it_runs_by_itself_and_its_first_epoch_is_the_recorded_one(tmp_path, monkeypatch) -> None:
    """In a process of its own, in a folder without this package. Rounding: the fifth decimal of a loss."""
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    out = tmp_path / "plain"
    assert main(["export", "sample-plain", "--as", "pytorch", "--out", str(out)]) == 0
    ran = subprocess.run(
        [sys.executable, "-I", out / "run.py", "train", "1"], cwd=tmp_path, capture_output=True, text=True, timeout=240
    )
    assert ran.returncode == 0, ran.stderr
    ours, recorded = (
        [float(word.strip(",%")) for word in line.split(":", 1)[1].split() if word[0].isdigit()]
        for line in ran.stdout.splitlines()
    )
    assert len(ours) == 3
    assert ours[:2] == pytest.approx(recorded[:2], abs=2e-3), "losses, on a CPU that may round otherwise"


def test_nothing_that_a_run_says_of_itself_becomes_code(monkeypatch) -> None:
    """A run may come from elsewhere: its device is named so that it would end the docstring."""
    sample = read(SAMPLES / "sample-plain")
    evil = '"""\nraise SystemExit("evil")\n"""\\'
    record = replace(sample.record, device=DeviceRecord("cpu", evil, f"float32{evil}"), versions={"torch": evil})
    model = Run(sample.path, sample.record).network.on_meta()
    model.to_empty(device="cpu")
    set_statistics(model, [0.5], [0.25])  # what lay in memory may be no number
    code = script.script(Run(sample.path, record), model)
    names = {"__name__": "plain", "__file__": "run.py"}
    exec(compile(code, "run.py", "exec"), names)


@pytest.mark.parametrize(("name", "channels"), [("mnist", 1), ("cifar10", 3)])
def test_images_of_torchvision_are_split_as_ours(name, channels, tiny, monkeypatch) -> None:
    """With a reader in torchvision's place: what is read is padded or turned, and a tenth of it validates."""
    from explorer.data.dataset import Images
    from explorer.data.split import with_validation

    side = 28 if channels == 1 else 32
    draw = np.random.default_rng(0)
    pixels, labels = draw.integers(0, 255, (60, side, side, channels), np.uint8), np.arange(60) % 10

    def files(folder, train, download):
        raw = pixels if train else pixels[:20]
        targets = labels if train else labels[:20]
        if channels == 1:
            return SimpleNamespace(data=torch.from_numpy(raw[..., 0]), targets=torch.from_numpy(targets))
        return SimpleNamespace(data=raw, targets=targets.tolist())

    ours = pixels.transpose(0, 3, 1, 2)
    ours = np.pad(ours, ((0, 0), (0, 0), (2, 2), (2, 2))) if channels == 1 else ours
    data = with_validation(name, tuple("0123456789"), Images(ours, labels), Images(ours[:20], labels[:20]))
    data = part_of(data, 0.5, 1)
    import torchvision.datasets

    monkeypatch.setattr(torchvision.datasets, images.KINDS[name], files)
    training = TrainConfig(fraction=0.5, seed=1)
    run = SimpleNamespace(config=SimpleNamespace(dataset=name, training=training))
    code = run_code(
        script._IMAGES,
        "SETTINGS = SimpleNamespace(fraction=0.5, seed=1)",
        images.code(run),
    )
    for part, ours in zip(code["load_images"](), (data.train, data.validation, data.test), strict=True):
        assert (part.pixels == ours.pixels).all()
        assert (part.labels == ours.labels).all()
