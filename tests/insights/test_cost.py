"""Costs are PyTorch's own count, halved."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.insights.cost import (
    FEWEST,
    TIMED,
    cost,
    inference_time,
    time_passes,
)
from explorer.training import speed
from explorer.training.speed import BUDGET, images_per_second

from .nets import PooledNet, SkipNet, dense_net, images, random_net, seeded


def counted(model: nn.Module) -> int:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(images(1))
    return counter.get_total_flops() // 2


@pytest.mark.parametrize("seed", range(12))
def test_random_nets_cost_what_pytorch_counts(seed):
    model = random_net(seed)
    assert cost(model, 3, 16).macs == counted(model)


@pytest.mark.parametrize("net", [PooledNet, SkipNet, dense_net])
def test_known_nets_cost_what_pytorch_counts(net):
    model = seeded(net)
    assert cost(model, 3, 16).macs == counted(model)


def test_a_count_by_hand():
    found = cost(seeded(PooledNet), 3, 16)
    conv1, conv2, head = found.layers
    assert (conv1.layer, conv1.macs, conv1.parameters, conv1.output) == ("conv1", 27 * 8 * 256, 27 * 8 + 8, (8, 16, 16))
    assert (conv2.macs, conv2.output) == (72 * 12 * 64, (12, 8, 8))
    assert (head.macs, head.output) == (12 * 5, (5,))
    assert found.macs == conv1.macs + conv2.macs + head.macs
    assert found.activations == 8 * 256 + 12 * 64 + 5
    assert found.parameters == 27 * 8 + 8 + 16 + 72 * 12 + 12 + 12 * 5 + 5


def test_a_model_on_the_meta_device_costs_the_same():
    with torch.device("meta"):
        shape_only = PooledNet()
    assert cost(shape_only, 3, 16) == cost(seeded(PooledNet), 3, 16)


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_trial_gives_a_rate_in_the_precision_of_training(precision):
    model, precisions = seeded(SkipNet), set()
    layer = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    layer.register_forward_hook(lambda module, inputs, output: precisions.add(output.dtype))
    assert images_per_second(model, 3, 16, batch_size=64, precision=precision) > 0
    assert precisions == {precision}


@pytest.mark.parametrize("a_step", [0.0, 0.005])
@pytest.mark.parametrize("an_image", [1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("batch_size", [3, 64, 500])
def test_the_rate_is_that_of_the_whole_batch_from_a_short_trial(a_step, an_image, batch_size):
    spent, batches = 0.0, []

    def step(batch: int) -> float:
        nonlocal spent
        seconds = (a_step + batch * an_image) * (3 if batch not in batches else 1)
        batches.append(batch)
        spent += seconds
        return seconds

    rate = speed._rate(step, batch_size)
    assert rate == pytest.approx(batch_size / (a_step + batch_size * an_image))
    assert max(batches) <= batch_size
    assert spent < 2 * BUDGET


def test_noise_cannot_make_training_free():
    times = {2: 0.02, 12: 0.02}  # ten more images for nothing
    assert speed._rate(lambda batch: times[batch], 128) == pytest.approx(128 / (0.02 + 116 * 0.02 / 12 / 5))


@pytest.mark.parametrize(("seconds", "steps"), [(1.0, 2), (10.0, 1)])
def test_a_heavy_model_is_not_tried_for_long(seconds, steps):
    tried = []
    assert speed._rate(lambda batch: tried.append(batch) or seconds, 128) == 2 / seconds
    assert tried == [2] * steps


def test_a_batch_of_one_is_tried_with_two():
    # Batch norm on 1×1 maps cannot train on one image, and the trial must not fail where training might.
    model = seeded(lambda: nn.Sequential(nn.Conv2d(3, 4, 16), nn.BatchNorm2d(4), nn.Flatten()))
    assert images_per_second(model, 3, 16, batch_size=1) > 0


def test_timing_ends_when_its_time_is_over(monkeypatch):
    """Nine passes that take no time, three that take all of it."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    assert time_passes(model, 1, 8, 1, budget=60).times == TIMED
    assert time_passes(model, 1, 8, 1, budget=0).times == FEWEST


@pytest.mark.parametrize("batch_size", [1, 3])
def test_inference_is_the_median_of_several_passes_and_leaves_the_model_as_it_was(batch_size):
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2 * 36, 3)).train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    time = inference_time(model, channels=1, size=8, batch_size=batch_size)
    assert 0 < time.low <= time.seconds <= time.high
    assert (time.times, time.batch_size) == (TIMED, batch_size)
    assert time.device.startswith("CPU")
    assert model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
