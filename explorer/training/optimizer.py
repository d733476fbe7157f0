"""The optimizers, fused, and how one is put back to where it was."""

import torch
from torch import nn

from explorer.training.config import TrainConfig


def make_optimizer(model: nn.Module, config: TrainConfig, capturable: bool = False) -> torch.optim.Optimizer:
    """AdamW, or SGD with Nesterov momentum. Biases and batch-norm parameters are not decayed.

    `capturable`: the learning rate and the step count live on the device, where a CUDA graph can read them.
    """
    learned = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in learned if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in learned if p.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    rate = torch.tensor(config.learning_rate, device=learned[0].device) if capturable else config.learning_rate
    if config.optimizer == "sgd":
        nesterov = config.momentum > 0
        return torch.optim.SGD(groups, lr=rate, momentum=config.momentum, nesterov=nesterov, fused=True)
    return torch.optim.AdamW(groups, lr=rate, fused=True, capturable=capturable)


def restore(optimizer: torch.optim.Optimizer, state: dict) -> None:
    """Load a state dict; the learning rates stay as they are, the schedule sets them at every step.

    Each tensor is put into its parameter's memory format: fused kernels walk both alike.
    """
    rates = [group["lr"] for group in optimizer.param_groups]
    optimizer.load_state_dict(state)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    for parameter, values in optimizer.state.items():
        for key, value in values.items():
            if isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                values[key] = torch.empty_like(parameter).copy_(value)
