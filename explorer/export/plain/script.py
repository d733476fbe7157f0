"""The exported file: header, network, weights, images, training, and what happens when it is run."""

import inspect
import io
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from explorer.data import Dataset
from explorer.errors import UserError
from explorer.export.plain import images, loop, network_code, start
from explorer.runs import Checkpoint, Run, RunConfig
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.names import config_names
from explorer.runs.pretrained import START
from explorer.runs.weights import read_weights, weights_file
from explorer.training import balance, batches, config as training_config, lookahead, muon, transfer

SCRIPT, WEIGHTS, BEGIN, EXPECTED = "run.py", "weights.pt", "start.pt", "expected.npz"
PRECISIONS = "float32", "bfloat16", "float16"
SHOWN = 8  # images whose logits are printed
SETTINGS = ("epochs", "batch_size", "learning_rate", "optimizer", "schedule", "momentum", "weight_decay")
SETTINGS += ("label_smoothing", "clip_norm", "augment", "patience", "fraction", "passes", "head_learning_rate")
SETTINGS += ("balance", "norm_statistics", "extended", "seed", "lookahead", "flips", "crop_padding")
SETTINGS += ("bias_learning_rate",)


def files(run: Run, data: Dataset) -> dict[str, bytes]:
    """Name → content of the code and the files beside it. `data`: the run's data in their current state.

    Raises UserError if the network cannot be written, or if there are too many images to write.
    """
    if images.kind_of(run) is None and images.size_of(data) > images.MOST_BYTES:
        raise UserError(
            f"The images of {run.config.dataset} take {images.size_of(data) / 1e6:,.0f} MB, more than the "
            f"{images.MOST_BYTES / 1e6:.0f} MB that are written beside the code: export the run as zip or onnx."
        )
    model = Checkpoint(run).load()
    pixels = data.test.pixels[:SHOWN]
    with torch.inference_mode():
        logits = model(torch.from_numpy(pixels).float().div_(255)).numpy()
    expected = io.BytesIO()
    np.savez(expected, pixels=pixels, labels=data.test.labels[:SHOWN], logits=logits)
    made = {SCRIPT: script(run, model).encode(), WEIGHTS: _saved(model.state_dict()), EXPECTED: expected.getvalue()}
    if start.in_a_file(run.config):
        made[BEGIN] = _saved(read_weights(weights_file(run, START)))
    if images.kind_of(run) is None:
        made[images.FILE] = images.packed(run, data)
    return made


def network_file(run: Run, model: torch.nn.Module) -> str:
    """The network alone, as a separate file."""
    parts = [
        f'"""The network of {run.id}: {_word(_title(run))}, for images float32 (B, C, H, W) in [0, 1]."""',
        _IMPORTS_SHORT,
    ]
    return "\n\n\n".join([*parts, *network_code.helpers(model), network_code.class_of(model)]) + "\n"


def script(run: Run, model: torch.nn.Module) -> str:
    """The code of the exported file."""
    activation = dict(run.network.options).get("activation", "relu")
    linear = start.linear_of(run.config.model)
    begin = start.code(run.config.model, str(activation))
    hidden, begin = begin.split("def fresh_network", 1) if linear == start.HIDDEN else ("", begin)
    begin = begin if begin.startswith("def ") else f"def fresh_network{begin}"
    parts = [
        f"{_header(run)}\n\n{_IMPORTS}{_constants(run, model)}",
        *network_code.helpers(model),
        *([hidden.rstrip()] if hidden else []),
        network_code.class_of(model, linear=linear),
        _FROM_SOURCE.rstrip() if start.in_a_file(run.config) else begin.rstrip(),
        _IMAGES.rstrip(),
        *map(_source, _parts(run)),
        images.code(run).rstrip(),
        _MAIN.rstrip(),
    ]
    return "\n\n\n".join(parts) + "\n"


Part = Callable[..., Any] | type


def _parts(run: Run) -> list[Part]:
    """The parts of our own training code that it needs, in reading order."""
    sampler: list[Part] = [balance.balanced_order] if run.config.training.balance == "sampler" else []
    weights: list[Part] = [balance.class_weights] if run.config.training.balance == "class-weights" else []
    data: list[Part] = [batches.to_float, batches.batch_sizes, batches.epoch_generator, *sampler]
    data += [batches.Augmentation, batches.augmentation_of, batches.DeviceImages, batches.TrainingImages]
    learning = [training_config.learning_rate_at, *_optimizer(run), transfer.training_mode, *weights]
    measured = [loop.autocast, loop.evaluation, loop.recompute_statistics, loop.evaluate]
    return [*data, *learning, *measured, loop.step, loop.Epoch, loop.train]


def _optimizer(run: Run) -> list[Part]:
    training = run.config.training
    made: list[Part] = [muon.Muon, muon.orthogonal] if training.optimizer == "muon" else []
    return [*made, loop.make_optimizer, *([lookahead.Lookahead] if training.lookahead else [])]


def _source(part: Part) -> str:
    return re.sub(r"  # ty: ignore\S*", "", inspect.getsource(part)).rstrip()


def _title(run: Run) -> str:
    return config_names([RunConfig(run.config.dataset, run.config.model, run.config.options)])[0]


def _word(text: str) -> str:
    """Text for use in a docstring, where it can neither end it nor escape: a run may come from a stranger."""
    return re.sub(r"[^ !#-\[\]-~]", "?", text)


def _number(value: float | None) -> str:
    return repr(value) if value is not None and math.isfinite(value) else "math.nan"


def _header(run: Run) -> str:
    device, kind = run.record.device, images.kind_of(run)
    where = _word(f"{device.name}, {device.precision}") if device else "an unknown device"
    torch_version = _word(str(run.record.versions.get("torch", "of an unknown version")))
    needs = f"torchvision, whose {kind} it reads from ./data, or downloads once" if kind else "images.npz beside it"
    return f'''"""{run.id}: {_word(_title(run))} on {_word(run.dataset.name)}, as plain PyTorch.

    python run.py          the logits of {SHOWN} test images, beside those that the app computed
    python run.py train    trains it again from the start, beside the losses that were recorded
    python run.py train 1  ends after the first epoch

It needs torch and numpy, and for training {needs}.
Trained on {where}, with torch {torch_version}: there the losses are the same but for rounding;
elsewhere rounding differs from the first step on, and the curves come to differ slightly.
"""'''


def _constants(run: Run, model: torch.nn.Module) -> str:
    training, device = run.config.training, run.record.device
    chosen = {name: getattr(training, name) for name in SETTINGS}
    learned = set(run.record.parameter_names)
    frozen = any(name not in learned for name, _ in model.named_parameters())
    measured = "train_loss", "validation_loss", "validation_accuracy"
    rows = [", ".join([str(row["epoch"]), *(_number(row[name]) for name in measured)]) for row in epoch_rows(run)]
    precision = device.precision if device and device.precision in PRECISIONS else PRECISIONS[0]
    settings = [f"    {name}={value!r}," for name, value in chosen.items()]
    settings += [
        f"    flip={run.input_spec.may_flip},  # augmentation may mirror images",
        f"    precision=torch.{precision},",
        f"    trainable={tuple(run.record.parameter_names) if frozen else ()!r},  # all parameters where it is empty",
    ]
    state = model.state_dict()
    threads = device.threads if device and device.threads else 1
    lines = [
        f"CLASSES = {run.dataset.classes!r}",
        f"MEAN = {state['normalize.mean'].flatten().tolist()!r}  # of the training pixels in [0, 1], by channel",
        f"STD = {state['normalize.std'].flatten().tolist()!r}",
        f"THREADS = {threads}  # sums depend on their number in the last digits",
        f"PADDING = {batches.PADDING}  # pixels on each side that a random crop may move by",
        "SETTINGS = SimpleNamespace(",
        *settings,
        ")",
        "RECORDED = [  # epoch, training loss, validation loss, validation accuracy",
        *(f"    ({row})," for row in rows),
        "]",
    ]
    return "\n".join(lines)


def _saved(state: dict[str, torch.Tensor]) -> bytes:
    """The bytes that `torch.load(…, weights_only=True)` reads."""
    made = io.BytesIO()
    torch.save({name: tensor.cpu().contiguous() for name, tensor in state.items()}, made)
    return made.getvalue()


_IMPORTS_SHORT = """from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn.functional import pad"""

_IMPORTS = """from __future__ import annotations

import math
import sys
from collections import OrderedDict
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.functional import pad
from torch.nn.modules.batchnorm import _BatchNorm

HERE = Path(__file__).parent
"""

_IMAGES = '''class Images(NamedTuple):
    """uint8 (N, C, H, W), and which class each shows, int64 (N,)."""

    pixels: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)
'''

_FROM_SOURCE = '''def fresh_network(seed: int) -> Network:
    """The network with the weights that the run began with, which are not only random ones."""
    torch.manual_seed(seed)
    network = Network()
    network.load_state_dict(torch.load(HERE / "start.pt", weights_only=True))
    return network
'''

_MAIN = '''def trained_network() -> Network:
    """The network with the weights of the run's best epoch, in eval mode."""
    network = Network()
    network.load_state_dict(torch.load(HERE / "weights.pt", weights_only=True))
    return network.eval()


def show_logits() -> None:
    """Print the logits of some test images, and their largest difference from those that the app computed."""
    with np.load(HERE / "expected.npz") as file:
        pixels, labels, expected = file["pixels"], file["labels"], file["logits"]
    with torch.inference_mode():
        logits = trained_network()(torch.from_numpy(pixels).float().div_(255)).numpy()
    for row, label in zip(logits, labels):
        print(f"{CLASSES[label]} is classified as {CLASSES[row.argmax()]}:", *(f"{value:8.3f}" for value in row))
    print(f"largest difference from the app's logits: {np.abs(logits - expected).max():.2e}")


def train_again(epochs: int) -> None:
    """Train from the start for `epochs` of the planned epochs, and print what was recorded below each."""
    images, validation, _ = load_images()
    network = fresh_network(SETTINGS.seed)
    for epoch in train(network, images, validation, SETTINGS):
        print(
            f"epoch {epoch.epoch}: training loss {epoch.train_loss:.6f}, validation loss {epoch.validation_loss:.6f}, "
            f"validation accuracy {epoch.validation_accuracy:.2%}",
            flush=True,
        )
        for _, train_loss, validation_loss, accuracy in RECORDED[epoch.epoch - 1 : epoch.epoch]:
            print(
                f"   recorded: training loss {train_loss:.6f}, validation loss {validation_loss:.6f}, "
                f"validation accuracy {accuracy:.2%}",
                flush=True,
            )
        if epoch.epoch == epochs:
            return


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    if sys.argv[1:2] == ["train"]:
        train_again(int(sys.argv[2]) if sys.argv[2:] else SETTINGS.epochs)
    else:
        show_logits()
'''
