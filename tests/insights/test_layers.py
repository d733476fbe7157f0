"""Layer names and shapes, and where Grad-CAM looks."""

import numpy as np
import pytest
from torch import nn

from explorer.errors import UserError
from explorer.insights.features import feature_maps
from explorer.insights.layers import conv_layers, default_cam_layer, layer_shapes, map_layers

from .nets import BranchNet, PooledNet, SkipNet, dense_net, images, random_net, seeded


def test_shapes_of_a_known_net():
    shapes = layer_shapes(seeded(PooledNet), 3, 16)
    assert shapes == {
        "conv1": (8, 16, 16),
        "bn1": (8, 16, 16),
        "relu1": (8, 16, 16),
        "pool1": (8, 8, 8),
        "conv2": (12, 8, 8),
        "relu2": (12, 8, 8),
        "pool": (12, 1, 1),
        "flatten": (12,),
        "drop": (12,),
        "head": (5,),
    }


def test_shapes_come_in_the_order_of_running():
    assert list(layer_shapes(seeded(SkipNet), 3, 16)) == ["stem", "block.0", "project", "block.1", "flatten", "head"]


@pytest.mark.parametrize("seed", range(8))
def test_shapes_are_those_of_the_feature_maps(seed):
    model = random_net(seed)
    for layer, shape in layer_shapes(model, 3, 16).items():
        assert feature_maps(model, layer, images(2)).shape == (2, *shape)


def test_convolutions_in_order():
    assert conv_layers(seeded(PooledNet)) == ["conv1", "conv2"]
    assert conv_layers(dense_net()) == []


def test_cam_looks_at_the_last_block_or_activation_that_is_wide_enough():
    assert default_cam_layer(seeded(PooledNet), 3, 16) == "relu2"  # 8×8
    assert default_cam_layer(seeded(PooledNet), 3, 8) == "relu2"  # 4×4
    assert default_cam_layer(seeded(PooledNet), 3, 6) == "relu1"  # relu2 has 3×3
    assert default_cam_layer(seeded(SkipNet), 3, 16) == "block.1"  # behind both branches
    assert default_cam_layer(seeded(BranchNet), 3, 16) == "second"  # not the convolution in it
    oblong = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, (13, 1)), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    assert default_cam_layer(oblong, 3, 16) == "0"  # without an activation a convolution; the second has 2×14


def test_a_block_is_listed_once_and_known_by_both_its_names():
    """`first` ends in an activation, which is what it puts out; `second` in an addition, made in place."""
    found = {layer.name: (layer.kind, layer.block) for layer in map_layers(seeded(BranchNet), 3, 16)}
    assert found == {
        "first.conv": ("convolution", ""),
        "first.act": ("activation", "first"),
        "second.act": ("activation", ""),
        "second.conv": ("convolution", ""),
        "second": ("block", ""),
    }


@pytest.mark.parametrize("inplace", [False, True])
def test_what_is_listed_is_what_the_layer_puts_out(inplace):
    for model in (seeded(lambda: PooledNet(inplace)), seeded(SkipNet), seeded(BranchNet)):
        listed = map_layers(model, 3, 16)
        assert {layer.name for layer in listed} >= set(conv_layers(model))
        for layer in listed:
            maps = feature_maps(model, layer.name, images(2))
            assert maps.shape == (2, *layer.shape)
            if layer.block:
                np.testing.assert_array_equal(maps, feature_maps(model, layer.block, images(2)))


def test_where_cam_cannot_look_the_error_says_why():
    with pytest.raises(UserError, match=r"no convolution.*choose a convolutional network"):
        default_cam_layer(dense_net(), 3, 16)
    with pytest.raises(UserError, match=r"3×3 images.*use larger images"):
        default_cam_layer(seeded(PooledNet), 3, 3)
