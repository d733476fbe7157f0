"""The optimizers, torch's own fused ones, and how one is restored."""

from typing import Any

import torch
from torch import nn

from explorer.training.config import TrainConfig
from explorer.training.muon import Muon
from explorer.training.transfer import head_of
from explorer.training.uncompiled import SGD, AdamW


def make_optimizer(model: nn.Module, config: TrainConfig, capturable: bool = False) -> torch.optim.Optimizer:
    """AdamW, SGD with Nesterov momentum, or Muon. Biases and batch-norm parameters are not decayed.

    `capturable`: the learning rate and the step count are on the device, where a CUDA graph can read them. A group's
    "factor" is the ratio of its learning rate to the schedule's.
    """
    factors = _factors(model, config)
    learned = [p for p in model.parameters() if p.requires_grad]
    groups = []
    for factor in sorted(set(factors.values())):
        for decayed in (True, False):
            members = [p for p in learned if factors[p] == factor and (p.ndim > 1) == decayed]
            rate = config.learning_rate * factor
            rate = torch.tensor(rate, device=learned[0].device) if capturable else rate
            decay = config.weight_decay if decayed else 0.0
            groups.append({"params": members, "weight_decay": decay, "lr": rate, "factor": factor})
    groups = [group for group in groups if group["params"]]
    if config.optimizer == "muon":
        return Muon(_with_orthogonal(groups, model), config.momentum)
    if config.optimizer == "sgd":
        nesterov = config.momentum > 0
        return SGD(groups, momentum=config.momentum, nesterov=nesterov, fused=True)
    optimizer = AdamW(groups, fused=True, capturable=capturable)
    # Its first steps, and those on the last batch of an epoch, are outside the graph: torch would warn about them.
    vars(optimizer)["_warned_capturable_if_run_uncaptured"] = True
    return optimizer


def _factors(model: nn.Module, config: TrainConfig) -> dict[nn.Parameter, float]:
    """Each parameter's learning rate as a multiple of the schedule's: other than 1 only for biases and the class
    head."""
    factors = dict.fromkeys(model.parameters(), 1.0)
    if config.bias_learning_rate:
        biases = [parameter for name, parameter in model.named_parameters() if name.rpartition(".")[2] == "bias"]
        factors |= dict.fromkeys(biases, config.bias_learning_rate / config.learning_rate)
    if config.head_learning_rate:
        head = model.get_submodule(head_of(model)).parameters()
        factors |= dict.fromkeys(head, config.head_learning_rate / config.learning_rate)
    return factors


def _with_orthogonal(groups: list[dict[str, Any]], model: nn.Module) -> list[dict[str, Any]]:
    """Muon's groups: without the matrices of the class head, which it does not train."""
    head = set(model.get_submodule(head_of(model)).parameters())
    parted = []
    for group in groups:
        for hidden in (True, False):
            members = [p for p in group["params"] if (p.ndim > 1 and p not in head) == hidden]
            parted.append({**group, "params": members, "orthogonal": hidden})
    return [group for group in parted if group["params"]]


def restore(optimizer: torch.optim.Optimizer, state: dict) -> None:
    """Load a state dict; keeps the current learning rates and factors, which the schedule sets at every step.

    Each tensor gets its parameter's memory format, because fused kernels walk both in the same order.
    """
    rates = [{key: group[key] for key in ("lr", "factor")} for group in optimizer.param_groups]
    optimizer.load_state_dict(state)
    for group, settings in zip(optimizer.param_groups, rates, strict=True):
        group |= settings
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                values[key] = torch.empty_like(parameter).copy_(value)
