"""Weights as safetensors: best, last, and for small models every epoch from the untrained one (0) on."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import UserError
from explorer.runs.folder import Run, find, write_atomically

if TYPE_CHECKING:
    import torch
    from torch import nn

EVERY_EPOCH_BELOW = 5_000_000  # parameters


def weights_file(run: Run, epoch: int | str) -> Path:
    """`epoch`: "best", "last", or a number of epochs trained."""
    name = f"epoch-{epoch:04d}" if isinstance(epoch, int) else epoch
    return run.path / "weights" / f"{name}.safetensors"


def saved_epochs(run: Run) -> list[int]:
    """The epochs whose weights were kept, 0 being the untrained model."""
    return sorted(int(p.stem.removeprefix("epoch-")) for p in (run.path / "weights").glob("epoch-*.safetensors"))


def save_weights(run: Run, model: "nn.Module", epoch: int | str) -> None:
    from safetensors.torch import save

    path = weights_file(run, epoch)
    path.parent.mkdir(exist_ok=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    write_atomically(path, save(tensors))


def read_weights(path: Path) -> dict:
    """name → tensor on the CPU."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"The weights {path} cannot be read ({error}): train the run again, or import it anew."
        ) from None


def build_model(run: Run) -> "nn.Module":
    """A fresh module of the run's architecture on the CPU; random weights, the data set's mean and std unset."""
    from explorer.models import build

    like = run.input_like
    return build(run.config.model, like.channels, len(like.classes), size=like.size, **run.config.options)


def load_model(run_id: str, epoch: int | str = "best", folder: Path | str | None = None) -> "nn.Module":
    """The run's module with the weights of an epoch, in eval mode, on the CPU.

    `epoch`: "best" (highest validation accuracy), "last", or one of `saved_epochs(run)`.
    """
    run = find(run_id, folder)
    path = weights_file(run, epoch)
    if not path.is_file():
        kept = [name for name in ("best", "last") if weights_file(run, name).is_file()]
        known = ", ".join([*kept, *map(str, saved_epochs(run))]) or "none yet"
        raise UserError(f"{run_id} has no weights of epoch '{epoch}'. Choose one of: {known}.")
    model = build_model(run)
    model.load_state_dict(read_weights(path))
    return model.eval()


def save_state(run: Run, model: "nn.Module", optimizer: "torch.optim.Optimizer", epoch: int) -> None:
    """All that resuming after `epoch` needs, in one file, so that weights and optimizer always belong together."""
    from safetensors.torch import save

    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    state = optimizer.state_dict()
    for index, values in state["state"].items():
        tensors |= {f"optimizer.{index}.{key}": value for key, value in values.items() if value is not None}
    meta = {"epoch": str(epoch), "groups": json.dumps(state["param_groups"], default=float)}  # rates may be tensors
    (run.path / "state").mkdir(exist_ok=True)
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(run.path / "state" / "state.safetensors", save(whole, metadata=meta))


def read_state(run: Run) -> tuple[int, dict, dict] | None:
    """(epoch, model state dict, optimizer state dict) as `save_state` kept them; None if the run has none."""
    from safetensors import safe_open

    path = run.path / "state" / "state.safetensors"
    if not path.is_file():
        return None
    model, state = {}, {}
    with safe_open(path, "pt") as file:
        meta = file.metadata()
        for name in file.keys():  # noqa: SIM118 (safe_open is no dict)
            part, rest = name.split(".", 1)
            if part == "model":
                model[rest] = file.get_tensor(name)
            else:
                index, key = rest.split(".", 1)
                state.setdefault(int(index), {})[key] = file.get_tensor(name)
    return int(meta["epoch"]), model, {"state": state, "param_groups": json.loads(meta["groups"])}
