"""Feature maps: their numbers, their order, the dead ones."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights.features import dead_maps, feature_maps, strength, strongest

from .nets import PooledNet, images, seeded


def test_maps_are_the_layers_output_on_evaluated_images():
    model = seeded(PooledNet)
    expected = model.bn1(model.conv1(images())).detach().numpy()
    maps = feature_maps(model.train(), "bn1", images())
    np.testing.assert_array_equal(maps, expected)
    assert maps.dtype == np.float32
    assert maps.flags["C_CONTIGUOUS"]
    assert feature_maps(model, "head", images()).shape == (4, 5)


def test_channels_last_gives_the_same_maps():
    model = seeded(PooledNet)
    plain = feature_maps(model, "conv2", images())
    model.to(memory_format=torch.channels_last)
    np.testing.assert_allclose(feature_maps(model, "conv2", images()), plain, atol=1e-6)


def test_a_layer_of_sequences_has_no_maps():
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(2), nn.Flatten())
    with pytest.raises(UserError, match=r"Layer '1' has an output of \(4, 256\)"):
        feature_maps(model, "1", images())


def test_strength_is_the_mean_absolute_value_and_orders_channels():
    maps = np.zeros((2, 4, 3, 3), dtype=np.float32)
    maps[:, 1] = -2
    maps[0, 2] = 1
    maps[:, 3] = np.nan
    np.testing.assert_array_equal(strength(maps), [0, 2, 0.5, np.nan])
    assert strongest(maps).tolist() == [1, 2, 0, 3]
    np.testing.assert_array_equal(strength(maps[:, :, 0, 0]), [0, 2, 0.5, np.nan])


def test_dead_maps_are_zero_or_flat():
    maps = np.random.default_rng(0).normal(size=(2, 5, 4, 4)).astype(np.float32)
    maps[:, 1] = 0
    maps[0, 2] = 0.7
    maps[0, 3] = -np.abs(maps[0, 3])
    maps[:, 4] = np.nan
    assert dead_maps(maps).tolist() == [[False, True, True, False, False], [False, True, False, False, False]]


def test_a_single_number_is_dead_at_zero_only():
    units = np.array([[0.0, 3.0], [0.0, 3.0]], dtype=np.float32)
    assert dead_maps(units).tolist() == [[True, False], [True, False]]


def test_a_killed_channel_is_found():
    model = seeded(PooledNet)
    with torch.no_grad():
        model.conv2.bias[3] = -100
    assert dead_maps(feature_maps(model, "relu2", images(8)))[:, 3].all()
    assert not dead_maps(feature_maps(model, "conv2", images(8)))[:, 3].any()
