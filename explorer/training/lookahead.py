"""Lookahead: slow weights follow the optimizer's fast ones, and pull them back every few steps."""

import torch


class Lookahead:
    """Zhang et al. 2019, Lookahead Optimizer, with the schedule of Jordan 2024, section 3.4: the share of the slow
    weights grows with the third power of the progress, from nothing to `hold`.

    The slow weights are part of the optimizer's state, "slow", and so are stored with it.
    """

    every = 5  # steps
    hold = 0.95**5

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer

    @torch.no_grad()
    def after(self, step: int, steps: int) -> None:
        """Call it after every step (1-based) of `steps`; it pulls the weights back after every fifth, and after the
        last."""
        if step % self.every and step != steps:
            return
        share = self.hold * (step / steps) ** 3
        for group in self.optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue  # no loss depends on it
                state = self.optimizer.state[parameter]
                if "slow" in state:
                    parameter.copy_(state["slow"].lerp_(parameter, 1 - share))
                else:
                    state["slow"] = parameter.detach().clone()
