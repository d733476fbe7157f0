"""Recorded norms as tables, and the rule for vanishing."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights.gradients import (
    first_to_last_ratio,
    layer_norms,
    norms_at_epoch,
    norms_over_time,
    parameter_table,
)

from .nets import PooledNet, images, seeded


@dataclass(frozen=True)
class Record:
    step: np.ndarray
    epoch: np.ndarray
    parameters: tuple[str, ...]
    norms: np.ndarray


def recorded(model: nn.Module, n: int = 12, an_epoch: int = 4) -> Record:
    """Norms drawn at random; the first step of all has those of a real backward pass."""
    model.zero_grad()
    nn.functional.cross_entropy(model(images()), torch.arange(4)).backward()
    real = [parameter.grad.norm().item() for parameter in model.parameters()]
    norms = np.random.default_rng(0).uniform(0.1, 1, (n, len(real))).astype(np.float32)
    norms[:1] = real
    step = np.arange(1, n + 1)
    return Record(step, (step - 1) // an_epoch + 1, tuple(name for name, _ in model.named_parameters()), norms)


def test_parameters_are_classified_in_order():
    table = parameter_table(seeded(PooledNet))
    assert dict(zip(table["parameter"], table["kind"], strict=True)) == {
        "conv1.weight": "weight",
        "conv1.bias": "bias",
        "bn1.weight": "scale",
        "bn1.bias": "shift",
        "conv2.weight": "weight",
        "conv2.bias": "bias",
        "head.weight": "weight",
        "head.bias": "bias",
    }
    assert table["depth"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert table["layer"].unique().tolist() == ["conv1", "bn1", "conv2", "head"]
    norms = nn.Sequential(nn.GroupNorm(1, 2), nn.LayerNorm(2), nn.BatchNorm1d(2), nn.PReLU())
    assert parameter_table(norms)["kind"].tolist() == ["scale", "shift"] * 3 + ["weight"]


def test_norms_at_an_epoch_are_means_over_its_steps():
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    found = norms_at_epoch(steps, 2, table)
    np.testing.assert_allclose(found["norm"], steps.norms[4:8].mean(axis=0), rtol=1e-6)
    assert found["steps"].tolist() == [4] * 8
    assert found["non_finite"].sum() == 0
    assert list(found.columns) == ["parameter", "layer", "kind", "depth", "norm", "steps", "non_finite"]


def test_the_order_of_the_record_does_not_matter():
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    turned = Record(steps.step, steps.epoch, steps.parameters[::-1], steps.norms[:, ::-1])
    assert norms_at_epoch(turned, 1, table).equals(norms_at_epoch(steps, 1, table))


def test_steps_that_are_not_finite_are_counted_not_averaged():
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    steps.norms[4, 0] = np.nan
    steps.norms[4:8, 1] = np.inf
    found = norms_at_epoch(steps, 2, table)
    assert found["norm"][0] == pytest.approx(steps.norms[5:8, 0].mean(), rel=1e-6)
    assert np.isnan(found["norm"][1])
    assert found["non_finite"].tolist() == [1, 4] + [0] * 6


def test_a_layers_norm_is_that_of_its_tensors_together():
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    together = torch.cat([model.conv2.weight.grad.flatten(), model.conv2.bias.grad]).norm().item()
    wide = layer_norms(steps, table)
    assert list(wide.columns) == ["conv1", "bn1", "conv2", "head"]
    assert wide.index.tolist() == steps.step.tolist()
    assert wide["conv2"].iloc[0] == pytest.approx(together, rel=1e-5)
    weights = layer_norms(steps, table, kinds=["weight"])
    assert list(weights.columns) == ["conv1", "conv2", "head"]
    np.testing.assert_allclose(weights["head"], steps.norms[:, 6], rtol=1e-6)


def test_over_time_is_tidy():
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    found = norms_over_time(steps, table)
    assert list(found.columns) == ["step", "epoch", "layer", "depth", "norm", "non_finite"]
    assert len(found) == 12 * 4
    wide = layer_norms(steps, table)
    for (layer, depth), rows in found.groupby(["layer", "depth"]):
        assert list(wide.columns).index(layer) == depth
        np.testing.assert_array_equal(rows["norm"], wide[layer])
        np.testing.assert_array_equal(rows["epoch"], steps.epoch)


@pytest.mark.parametrize("points", [1, 5, 12, 100])
def test_fewer_points_keep_the_mean_and_the_divergence(points):
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    steps.norms[6, 0] = np.nan
    found = norms_over_time(steps, table, points=points)
    rows = found[found["layer"] == "conv1"]
    assert len(rows) == min(points, 12)
    assert rows["step"].iloc[-1] == 12
    assert rows["step"].is_monotonic_increasing
    assert rows["non_finite"].sum() == 1
    if points == 1:
        assert rows["norm"].iloc[0] == pytest.approx(np.nanmean(layer_norms(steps, table)["conv1"]))


def flow_of(*norms: float) -> object:
    """The verdict on a net of as many linear layers, each with this norm on its weight, over two steps."""
    model = nn.Sequential(*(nn.Linear(2, 2, bias=False) for _ in norms))
    names = tuple(name for name, _ in model.named_parameters())
    record = Record(np.arange(2), np.ones(2), names, np.array([norms, norms], dtype=np.float32))
    return first_to_last_ratio(record, parameter_table(model))


def test_the_rule_and_its_sentence():
    reaches = flow_of(0.4, 7, 1)
    assert reaches.ratio == pytest.approx(0.4)
    assert not reaches.vanishing
    assert reaches.sentence == (
        "The first layer's gradient is 0.4 times the last layer's: gradients reach it (rule: vanishing below 0.001)."
    )
    assert (reaches.first, reaches.last) == ("0", "2")
    gone = flow_of(0.00002, 7, 1)
    assert gone.vanishing
    assert gone.sentence == (
        "The first layer's gradient is 0.00002 times the last layer's: gradients vanish before they reach it "
        "(rule: vanishing below 0.001)."
    )
    large = flow_of(2000, 1)
    assert large.exploding
    assert not large.vanishing
    assert large.sentence.endswith("gradients explode on their way to it (rule: exploding above 1,000).")
    assert not flow_of(999, 1).exploding
    assert flow_of(0, 1).vanishing
    assert "is 3e-09 times" in flow_of(3e-9, 1).sentence
    assert "is 25 times" in flow_of(25.3, 1).sentence
    assert "is 120 times" in flow_of(120, 1).sentence
    assert flow_of(0, 1).sentence == (
        "The first layer gets no gradient in epoch 1: its norm is exactly zero, the last layer's is 1. Dead ReLUs "
        "or saturated units on the way block the gradient (rule: vanishing below 0.001)."
    )


@pytest.mark.parametrize(
    "norms", [(float("nan"), 1), (1, float("nan")), (float("inf"), 1), (float("inf"), float("inf"))]
)
def test_what_is_not_finite_is_called_a_divergence(norms):
    flow = flow_of(*norms)
    assert flow.vanishing
    assert not np.isfinite(flow.ratio)
    assert flow.sentence.startswith("Gradients were not finite in epoch 1: training diverged")


def test_a_zero_last_gradient_and_a_single_layer_are_said():
    assert flow_of(0, 0).vanishing
    assert "last layer's gradient is zero" in flow_of(0, 0).sentence
    assert not flow_of(2).vanishing
    assert "'0' is the only layer with trainable weights" in flow_of(2).sentence


def test_first_and_last_are_layers_with_weights_not_normalisations():
    model = nn.Sequential(
        nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(4 * 14 * 14, 5), nn.LayerNorm(5)
    )
    flow = first_to_last_ratio(recorded(model), parameter_table(model), epoch=2)
    assert (flow.first, flow.last, flow.epoch) == ("1", "3", 2)


def test_the_last_epoch_is_the_default_and_unknown_ones_are_named():
    model = seeded(PooledNet)
    steps, table = recorded(model), parameter_table(model)
    assert first_to_last_ratio(steps, table).epoch == 3
    for read in (lambda: norms_at_epoch(steps, 9, table), lambda: first_to_last_ratio(steps, table, 9)):
        with pytest.raises(UserError, match="No recorded steps in epoch 9; choose one from 1 to 3"):
            read()


def test_a_run_that_has_not_begun():
    table = parameter_table(seeded(PooledNet))
    empty = Record(np.empty(0, int), np.empty(0, int), (), np.empty((0, 0), np.float32))
    assert norms_over_time(empty, table).empty
    assert norms_over_time(empty, table, points=50).empty
    assert layer_norms(empty, table).shape == (0, 4)
    with pytest.raises(UserError, match="no recorded steps yet"):
        first_to_last_ratio(empty, table)
    with pytest.raises(UserError, match="no recorded steps yet"):
        norms_at_epoch(empty, 1, table)


def test_steps_of_another_model_are_refused():
    steps = recorded(seeded(PooledNet))
    with pytest.raises(AssertionError, match="different models"):
        layer_norms(steps, parameter_table(nn.Linear(2, 2)))
