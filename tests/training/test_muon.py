"""Laws of Muon: what is orthogonal, what is not, and that it goes on where it stopped."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.training import TrainConfig
from explorer.training.muon import Muon, orthogonal
from explorer.training.optimizer import make_optimizer


@pytest.mark.parametrize("shape", [(8, 8), (6, 40), (40, 6)])
def test_an_update_has_singular_values_of_about_one_and_the_directions_of_the_momentum(shape):
    torch.manual_seed(0)
    matrix = torch.randn(shape) * 1e-3
    made = orthogonal(matrix)
    values = torch.linalg.svdvals(made) / max(1.0, shape[0] / shape[1]) ** 0.5
    assert values.min() > 0.6
    assert values.max() < 1.3
    u, _, vh = torch.linalg.svd(matrix, full_matrices=False)
    between = u.T @ made @ vh.T
    assert (between - between.diag().diag()).abs().max() < 1e-4 * between.abs().max()


def test_what_is_no_hidden_matrix_learns_as_with_sgd():
    """The head and the biases: with no weight decay, which is L2 there, number by number."""
    weights = []
    for optimizer in ("muon", "sgd"):
        torch.manual_seed(0)
        head = nn.Linear(4, 3)
        made = make_optimizer(head, TrainConfig(optimizer=optimizer, learning_rate=0.1, momentum=0.6))
        for _ in range(4):
            made.zero_grad()
            nn.functional.cross_entropy(head(torch.eye(4)), torch.tensor([0, 1, 2, 0])).backward()
            made.step()
        weights.append(head.weight.detach().numpy())
    np.testing.assert_allclose(*weights, rtol=1e-5)


def test_kernels_step_by_the_learning_rate_whatever_their_gradient():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8, 2))
    made = make_optimizer(model, TrainConfig(optimizer="muon", learning_rate=0.1, bias_learning_rate=0.5))
    assert isinstance(made, Muon)
    factors = {id(p): (group["factor"], group["orthogonal"]) for group in made.param_groups for p in group["params"]}
    assert [factors[id(p)] for p in model.parameters()] == [(1.0, True), (5.0, False), (1.0, False), (5.0, False)]
    before = model[0].weight.detach().clone()
    model(torch.rand(2, 3, 3, 3)).sum().mul(1e-4).backward()
    made.step()
    step = torch.linalg.svdvals((model[0].weight - before).detach().flatten(1))
    assert 0.06 < step.max() < 0.13
