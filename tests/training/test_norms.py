"""Batch normalisation: no remainder of images breaks it, what it cannot do is said beforehand, and the statistics that
it normalises by outside training are those of the weights as they are."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from explorer.data.split import part_of
from explorer.errors import UserError
from explorer.models import build
from explorer.runs import RunConfig
from explorer.runs.check import check
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd, Started, Steps
from explorer.training.loop import fit

# Of images of 8×8, vgg11 and resnet18 end in maps of 1×1, and an mlp has none: one image is one value per channel.
NETWORKS = {
    "mlp": {"batch_norm": True, "widths": (8, 4)},
    "simple_cnn": {"depth": 2},
    "residual_cnn": {"depth": 2},
    "resnet20": {},
    "resnet18": {},
}


def first(data, count):
    """`data` with its first training images alone."""
    return replace(data, train=data.train.where(np.arange(len(data.train)) < count))


def trained(name, data, **config):
    torch.manual_seed(0)
    model = build(name, 1, 3, size=8, **NETWORKS[name])
    return list(fit(model, data, TrainConfig(**{"epochs": 1, "device": "cpu", **config})))


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("batch_size", [2, 3, 8])
def test_one_image_left_over_is_trained_on_with_others(tiny, network, batch_size):
    images = 2 * batch_size + 1
    events = trained(network, first(tiny, images), batch_size=batch_size)
    losses = np.concatenate([event.loss for event in events if isinstance(event, Steps)])
    (end,) = [event for event in events if isinstance(event, EpochEnd)]
    assert len(losses) == events[0].steps_per_epoch == 2
    assert np.isfinite([*losses, end.train_loss, end.validation_loss]).all()
    sizes = [batch_size, batch_size + 1]
    assert end.train_loss == pytest.approx(float((losses * sizes).sum()) / images, rel=1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_fraction_of_a_few_images_trains(tiny, network):
    part = part_of(tiny, 1e-6, seed=0)
    assert len(part.train) == 3  # one of each class
    for batch_size in (2, 3, 64):
        assert isinstance(trained(network, part, batch_size=batch_size)[-1], EpochEnd)


def test_batches_of_one_image_train_where_its_maps_have_several_pixels(tiny):
    events = trained("simple_cnn", first(tiny, 5), batch_size=1)
    assert isinstance(events[0], Started)
    assert events[0].steps_per_epoch == 5
    assert isinstance(events[-1], EpochEnd)
    assert isinstance(trained("simple_cnn", first(tiny, 1))[-1], EpochEnd)


@pytest.mark.parametrize("network", ["mlp", "resnet18"])
def test_what_has_one_value_a_channel_is_refused_before_training(tiny, network):
    with pytest.raises(UserError, match=r"batch_size 1 .* batch normalisation '.*bn.*' .* Give a batch_size of 2"):
        trained(network, first(tiny, 5), batch_size=1)
    with pytest.raises(UserError, match=r"1 training image is not enough .* Give 2 images"):
        trained(network, first(tiny, 1))
    with pytest.raises(UserError, match="batch_size 1 "):
        check(RunConfig("folder:x", network, NETWORKS[network], TrainConfig(batch_size=1), image_size=8))
    check(RunConfig("folder:x", network, NETWORKS[network], TrainConfig(batch_size=2), image_size=8))


def test_frozen_batch_normalisation_takes_a_single_image(tiny):
    """It has its statistics from the source: nothing is normalised by the batch."""
    config = TrainConfig(batch_size=1, tune="frozen", source="x-mlp-0001")
    check(RunConfig("folder:x", "mlp", NETWORKS["mlp"], config, image_size=8))


def norm_net(dropout: float = 0.0) -> nn.Module:
    torch.manual_seed(7)
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.Dropout(dropout), nn.Flatten(),
        nn.Linear(512, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3),
    )  # fmt: skip


CONFIG = TrainConfig(epochs=2, batch_size=32, learning_rate=0.01, device="cpu", precision="float32")
RUNNING = replace(CONFIG, norm_statistics="running")


def is_statistic(name: str) -> bool:
    return name.endswith(("running_mean", "running_var", "num_batches_tracked"))


def test_training_is_the_same_whatever_the_statistics(tiny):
    def run(config):
        model, losses = norm_net(0.2), []
        for event in fit(model, tiny, config):
            if isinstance(event, Steps):
                losses += event.loss.tolist()
        return losses, {name: tensor for name, tensor in model.state_dict().items() if not is_statistic(name)}

    (losses, weights), (same_losses, same_weights) = run(CONFIG), run(RUNNING)
    assert losses == same_losses
    assert all(torch.equal(weights[name], same_weights[name]) for name in weights)


@pytest.mark.parametrize("batch_size", [1, 32])
@torch.no_grad()
def test_they_are_those_of_the_training_images_with_the_weights_as_they_are(tiny, batch_size):
    model = norm_net(0.5)
    model = (
        model if batch_size > 1 else model[:6].append(nn.Linear(16, 3))
    )  # of one image, a linear layer has no variance
    with torch.enable_grad():
        for _ in fit(model, tiny, replace(CONFIG, batch_size=batch_size, epochs=1, augment=True)):
            pass
    assert not any(module.training for module in model.modules())
    values = torch.from_numpy(tiny.train.pixels).float() / 255
    for module in model:
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            variance, mean = torch.var_mean(values, [d for d in range(values.dim()) if d != 1])
            torch.testing.assert_close(module.running_mean, mean, rtol=1e-4, atol=1e-5)
            torch.testing.assert_close(module.running_var, variance, rtol=1e-3, atol=1e-4)
            assert module.momentum == 0.1
        values = module(values)


def test_what_running_averages_would_have_come_to_is_recorded_beside(tiny):
    def ends(model, config):
        return [event for event in fit(model, tiny, config) if isinstance(event, EpochEnd)]

    recomputed, running = ends(norm_net(), CONFIG)[0], ends(norm_net(), RUNNING)[0]
    assert recomputed.running_accuracy == running.validation_accuracy
    assert running.running_accuracy is None
    assert ends(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), CONFIG)[0].running_accuracy is None


@pytest.mark.parametrize("seed", range(3))
def test_a_network_that_has_learned_in_four_steps_shows_it(tiny, seed):
    torch.manual_seed(seed)
    model = build("simple_cnn", 1, 3, size=8)
    config = TrainConfig(epochs=1, batch_size=24, schedule="constant", device="cpu", seed=seed)
    (end,) = [event for event in fit(model, tiny, config) if isinstance(event, EpochEnd)]
    assert end.running_accuracy < 0.8 < 0.95 < end.validation_accuracy


def test_a_stop_within_an_epoch_leaves_statistics_of_the_weights_as_they_are(tiny, monkeypatch):
    monkeypatch.setattr("explorer.training.telemetry.CAPACITY", 1)  # news after every step
    model = norm_net()
    events = fit(model, tiny, CONFIG)
    next(event for event in events if isinstance(event, Steps))
    lagging = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    events.close()
    images = torch.from_numpy(tiny.train.pixels).float() / 255
    with torch.no_grad():
        mean = model[0](images).mean((0, 2, 3))
    stopped = model.state_dict()
    assert (stopped["1.running_mean"] - mean).norm() < (lagging["1.running_mean"] - mean).norm() / 5
    assert all(torch.equal(stopped[name], lagging[name]) for name in stopped if not is_statistic(name))
