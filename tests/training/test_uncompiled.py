"""The optimizers compute what torch's own compute, bit by bit."""

import pytest
import torch
from torch import nn

from explorer.training import uncompiled


@pytest.mark.parametrize(
    ("name", "options"), [("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}), ("AdamW", {"lr": 0.01})]
)
def test_steps_and_states_are_those_of_torch(name, options):
    ended = []
    for optimizers in (uncompiled, torch.optim):
        torch.manual_seed(0)
        layer = nn.Linear(4, 3)
        groups = [{"params": [layer.weight], "weight_decay": 0.1}, {"params": [layer.bias], "weight_decay": 0.0}]
        made = getattr(optimizers, name)(groups, fused=True, **options)
        for step in range(4):
            made.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(layer(torch.eye(4)), torch.tensor([0, 1, 2, 0])).backward()
            made.step()
            if step == 1:
                made.load_state_dict(made.state_dict())
        ended.append((layer, made.state_dict()))
    (ours, our_state), (theirs, their_state) = ended
    assert all(map(torch.equal, ours.parameters(), theirs.parameters()))
    assert our_state["param_groups"] == their_state["param_groups"]
    for index, values in their_state["state"].items():
        assert {key: str(value) for key, value in our_state["state"][index].items()} == {
            k: str(v) for k, v in values.items()
        }
        assert all(
            torch.equal(our_state["state"][index][key], value) for key, value in values.items() if value is not None
        )


def test_a_step_needs_no_graph():
    layer = nn.Linear(2, 2)
    made = uncompiled.AdamW(layer.parameters(), fused=True)
    layer(torch.ones(1, 2)).sum().backward()
    made.step()
    assert layer.weight.grad_fn is None
    assert layer.weight.requires_grad
