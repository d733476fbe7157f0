"""Filters are the weights."""

import numpy as np
import pytest

from explorer.errors import UserError
from explorer.insights.filters import filter_norms, filters, first_and_last, layer_statistics

from .nets import PooledNet, SkipNet, dense_net, seeded


def test_filters_are_a_copy_of_the_weights():
    model = seeded(SkipNet)
    weights = filters(model, "block.0")
    assert weights.shape == (16, 2, 3, 3)  # groups=4: two input channels each
    assert weights.dtype == np.float32
    np.testing.assert_array_equal(weights, model.block[0].weight.detach())
    weights[:] = 0
    assert model.block[0].weight.abs().min() > 0


def test_first_and_last():
    assert first_and_last(seeded(PooledNet)) == ("conv1", "conv2")


def test_norms_and_statistics_follow_the_weights():
    model = seeded(PooledNet)
    weights = model.conv1.weight.detach()
    np.testing.assert_allclose(filter_norms(filters(model, "conv1")), weights.flatten(1).norm(dim=1), rtol=1e-6)
    first, second = layer_statistics(model)
    assert (first["layer"], first["filters"], first["inputs"], first["kernel"]) == ("conv1", 8, 3, "3×3")
    assert second["layer"] == "conv2"
    expected = {
        "mean": weights.mean(),
        "std": weights.std(correction=0),
        "min": weights.min(),
        "max": weights.max(),
        "mean_norm": weights.flatten(1).norm(dim=1).mean(),
    }
    for name, value in expected.items():
        assert first[name] == pytest.approx(value.item(), abs=1e-7), name


def test_what_has_no_filters_says_so():
    with pytest.raises(UserError, match=r"No convolution 'head'.*conv1, conv2"):
        filters(seeded(PooledNet), "head")
    with pytest.raises(UserError, match="No layer 'conv9'"):
        filters(seeded(PooledNet), "conv9")
    for read in (lambda model: filters(model, "1"), first_and_last):
        with pytest.raises(UserError, match="no convolution and so no filters"):
            read(dense_net())
    assert layer_statistics(dense_net()) == []
