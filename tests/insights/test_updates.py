"""Gradients and updates beside the weights, and the mean of an epoch."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.insights.gradients import parameter_table
from explorer.insights.updates import epoch_means, ratios, up_to_epoch
from explorer.runs import StepHistory, WeightStats

from .nets import PooledNet, images, seeded


def norms(tensors) -> np.ndarray:
    return np.array([[tensor.norm().item() for tensor in tensors]], dtype=np.float32)


def looked(rate: float) -> tuple[nn.Module, WeightStats]:
    """One look at a real step of plain gradient descent, where Δw = −rate · g."""
    model = seeded(PooledNet)
    nn.functional.cross_entropy(model(images()), torch.arange(4)).backward()
    named = list(model.named_parameters())
    gradients, before = norms(p.grad for _, p in named), norms(p for _, p in named)
    return model, WeightStats(
        np.array([1]), np.array([1]), tuple(name for name, _ in named), gradients, before, rate * gradients
    )


def test_plain_descent_changes_the_weights_by_the_rate_times_the_gradient():
    model, stats = looked(rate=0.01)
    rows = ratios(stats, parameter_table(model))
    assert rows["parameter"].tolist() == ["conv1.weight", "conv2.weight", "head.weight"]
    assert rows["depth"].tolist() == [0, 2, 3]
    np.testing.assert_allclose(rows["update"], 0.01 * rows["gradient"], rtol=1e-6)
    expected = model.conv2.weight.grad.norm() / model.conv2.weight.norm()
    assert rows["gradient"][1] == pytest.approx(expected.item(), rel=1e-6)


def test_what_is_no_number_stays_open():
    model, stats = looked(rate=0.01)
    stats.weights[0, stats.parameters.index("conv1.weight")] = 0
    stats.gradients[0, stats.parameters.index("head.weight")] = np.nan
    rows = ratios(stats, parameter_table(model)).set_index("parameter")
    assert np.isnan(rows.loc["conv1.weight", "update"])
    assert np.isnan(rows.loc["head.weight", "gradient"])
    assert np.isfinite(rows.loc["conv2.weight", ["update", "gradient"]].astype(float)).all()


def test_an_epoch_without_a_look_shows_the_one_before():
    model, one = looked(rate=0.01)
    twice = {key: np.concatenate([getattr(one, key)] * 2) for key in ("gradients", "weights", "updates")}
    twice["updates"][1] *= 3
    stats = WeightStats(np.array([1, 51]), np.array([1, 4]), one.parameters, **twice)
    rows = ratios(stats, parameter_table(model))
    first, last = (up_to_epoch(rows, epoch).set_index("parameter")["update"] for epoch in (3, 5))
    np.testing.assert_allclose(last, 3 * first)
    assert up_to_epoch(rows, 3)["epoch"].unique().tolist() == [1]


def test_the_mean_of_an_epoch_is_over_layers_and_steps():
    model = seeded(PooledNet)
    names = tuple(name for name, _ in model.named_parameters())
    values = np.full((4, len(names)), 99.0, dtype=np.float32)  # of biases, scales and shifts, which do not count
    weights = [names.index(name) for name in ("conv1.weight", "conv2.weight", "head.weight")]
    values[:, weights] = [[1, 2, 3], [3, 4, 5], [np.nan, 2, 2], [np.nan, np.nan, np.nan]]
    epochs, unused = np.array([1, 1, 2, 3]), np.zeros(4)
    steps = StepHistory(np.arange(4), epochs, unused, unused, names, values)
    table = epoch_means(steps, parameter_table(model))
    assert table["epoch"].tolist() == [1, 2, 3]
    assert table["norm"][:2].tolist() == [3.0, 2.0]
    assert np.isnan(table["norm"][2])
