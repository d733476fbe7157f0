"""Weights as safetensors: best, last, and for small models every epoch, starting with the untrained one (0)."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.data.files_in_use import WINDOWS
from explorer.errors import UserError
from explorer.runs.folder import Run, write_atomically

if TYPE_CHECKING:
    import torch
    from torch import nn

EVERY_EPOCH_BELOW = 5_000_000  # parameters


def weights_file(run: Run, epoch: int | str) -> Path:
    """`epoch`: "best", "last", or a number of trained epochs. A sample stores the weights of each epoch once."""
    if run.is_sample and not isinstance(epoch, int):
        epoch = {"best": run.best_epoch, "last": run.epochs_done}.get(epoch) or epoch
    name = f"epoch-{epoch:04d}" if isinstance(epoch, int) else epoch
    return run.path / "weights" / f"{name}.safetensors"


def saved_epochs(run: Run) -> list[int]:
    """The epochs whose weights were saved, 0 being the untrained model."""
    return sorted(int(p.stem.removeprefix("epoch-")) for p in (run.path / "weights").glob("epoch-*.safetensors"))


def save_weights(
    run: Run, weights: "dict[str, torch.Tensor]", epoch: int | str, metrics: dict[str, Any] | None = None
) -> None:
    """`weights`: a model's state dict. `metrics`: measurements of these weights, stored in the file itself for
    `metrics_of`."""
    from safetensors.torch import save

    path = weights_file(run, epoch)
    path.parent.mkdir(exist_ok=True)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    write_atomically(path, save(tensors, metadata=metrics and {"told": json.dumps(metrics)}))


def metrics_of(run: Run, epoch: int | str) -> dict[str, Any] | None:
    """The metrics that a weights file stores, which are right whenever the process that wrote it died; None if there is
    no file or it stores none."""
    from safetensors import SafetensorError, safe_open

    path = weights_file(run, epoch)
    if not path.is_file():
        return None
    try:
        with safe_open(path, "pt") as file:
            metrics = (file.metadata() or {}).get("told")
    except (OSError, SafetensorError):
        return None
    return json.loads(metrics) if metrics else None


def read_weights(path: Path) -> dict:
    """name → tensor on the CPU. Raises UserError if the file is missing or damaged."""
    from safetensors import SafetensorError

    try:
        return _tensors(path)
    except (OSError, SafetensorError) as error:
        raise UserError(
            f"The weights {path} cannot be read ({error}): train the run again, or import it again."
        ) from None


def _tensors(path: Path) -> dict:
    """name → tensor. On Windows they are copies, because a file that is mapped into memory could not be replaced there,
    and training replaces the best weights and its state while others use them."""
    from safetensors.torch import load, load_file

    return load(path.read_bytes()) if WINDOWS else load_file(path)


def save_state(run: Run, model: "nn.Module", optimizer: "torch.optim.Optimizer", epoch: int) -> None:
    """Store everything that resuming after `epoch` needs in one file, so that weights and optimizer always belong
    together."""
    write_state(run, *state_of(model, optimizer, epoch))


def state_of(
    model: "nn.Module", optimizer: "torch.optim.Optimizer", epoch: int
) -> "tuple[dict[str, torch.Tensor], dict[str, str]]":
    """(the tensors themselves, by names that `read_state` knows; everything that is not a tensor)."""
    tensors = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    state = optimizer.state_dict()
    for index, values in state["state"].items():
        tensors |= {f"optimizer.{index}.{key}": value for key, value in values.items() if value is not None}
    groups = json.dumps(state["param_groups"], default=float)  # rates may be tensors
    return tensors, {"epoch": str(epoch), "groups": groups}


def state_file(run: Run) -> Path:
    """The file of the state."""
    return run.path / "state" / "state.safetensors"


def write_state(run: Run, tensors: "dict[str, torch.Tensor]", meta: dict[str, str]) -> None:
    """Store what `state_of` returned."""
    from safetensors.torch import save

    state_file(run).parent.mkdir(exist_ok=True)
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    write_atomically(state_file(run), save(whole, metadata=meta))


def read_state(run: Run) -> tuple[int, dict, dict] | None:
    """(epoch, model state dict, optimizer state dict) as `save_state` kept them; None if the run has none. Raises
    UserError if the file is damaged."""
    from safetensors import SafetensorError

    path = state_file(run)
    if not path.is_file():
        return None
    try:
        return _state(path)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"The state {path}, from which the run continues, cannot be read ({error}): duplicate the run and train it "
            "anew."
        ) from None


def _state(path: Path) -> tuple[int, dict, dict]:
    from safetensors import safe_open

    model, state = {}, {}
    with safe_open(path, "pt") as file:
        meta = file.metadata()
    for name, tensor in _tensors(path).items():
        part, rest = name.split(".", 1)
        if part == "model":
            model[rest] = tensor
        else:
            index, key = rest.split(".", 1)
            state.setdefault(int(index), {})[key] = tensor
    return int(meta["epoch"]), model, {"state": state, "param_groups": json.loads(meta["groups"])}
