"""Muon: momentum whose matrices are made orthogonal before they are applied."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from explorer.training.uncompiled import Uncompiled


class Muon(Uncompiled):
    """Muon for the groups with `orthogonal`, SGD with Nesterov momentum for the others; weight decay is decoupled.

    A kernel (out, in, k, k) counts as the matrix (out, in·k·k). Its step has singular values of about the learning
    rate, whatever the size of its gradient; matrices with more rows than columns take a larger one by the root of their
    ratio. Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks.
    """

    def __init__(self, groups: Iterable[dict[str, Any]], momentum: float) -> None:
        super().__init__(groups, {"lr": 0.0, "weight_decay": 0.0, "momentum": momentum, "orthogonal": False})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # ty: ignore[incompatible-method-override]
        """One update of every parameter that has a gradient. Nothing here waits for the device."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group)

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        buffer = state["momentum_buffer"].mul_(group["momentum"]).add_(gradient)
        update = gradient + group["momentum"] * buffer
        if group["orthogonal"]:
            update = orthogonal(update.flatten(1)).view_as(update)
        if group["weight_decay"]:
            parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.sub_(update * group["lr"])


def orthogonal(matrix: Tensor) -> Tensor:
    """About U·Vᵀ of `matrix` = U·S·Vᵀ, float32 (rows, columns), times √(rows / columns) where there are more rows.

    By five steps of a Newton–Schulz iteration, in products of matrices alone; after them singular values lie
    between 0.7 and 1.2, but for those that were almost 0.
    """
    a, b, c = 3.4445, -4.7750, 2.0315  # as published: steep at 0
    tall = len(matrix) > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T * (len(matrix) / matrix.shape[1]) ** 0.5 if tall else x
