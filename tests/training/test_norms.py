"""Batch normalisation in training: no remainder of images breaks it, and what it cannot do is said beforehand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data.split import part_of
from explorer.errors import UserError
from explorer.models import build
from explorer.runs import RunConfig
from explorer.runs.check import check
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd, Started, Steps
from explorer.training.loop import fit

# Of images of 8×8, vgg11 and resnet18 end in maps of 1×1, and an mlp has none: one image is one value a channel.
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
