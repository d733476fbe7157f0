"""The top-activating images are those that a search by hand finds, and the pass leaves the model as it was."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights import top_activating
from explorer.insights.features import feature_maps
from explorer.insights.top_activating import top_activating_images

from .nets import PooledNet, hooks, seeded


def pixels(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 3, 16, 16), dtype=np.uint8)


@pytest.mark.parametrize("layer", ["conv1", "relu2", "head"])
def test_they_are_what_a_search_finds(layer, monkeypatch):
    monkeypatch.setattr(top_activating, "BATCH", 7)  # so that the last batch is a short one
    model, images = seeded(PooledNet), pixels(30)
    found = top_activating_images(model, layer, images, per_channel=5)
    maps = feature_maps(model, layer, torch.from_numpy(images).float() / 255)
    maps = maps.reshape(*maps.shape, *(1,) * (4 - maps.ndim))
    peaks = maps.max(axis=(2, 3))
    assert found.examined == 30
    assert found.activations.shape == (5, maps.shape[1])
    np.testing.assert_allclose(found.activations, -np.sort(-peaks, axis=0)[:5], rtol=1e-4, atol=1e-6)
    for channel in range(maps.shape[1]):
        at = maps[found.images[:, channel], channel, found.rows[:, channel], found.columns[:, channel]]
        np.testing.assert_allclose(at, found.activations[:, channel], rtol=1e-4, atol=1e-6)


def test_equals_keep_the_order_of_the_images_and_fewer_images_than_asked_for_are_all():
    model, images = seeded(PooledNet), np.repeat(pixels(1), 3, axis=0)
    found = top_activating_images(model, "conv1", images)
    assert (found.images == np.arange(3)[:, None]).all()


def test_nothing_is_excited_by_what_is_no_number():
    model = nn.Sequential(nn.Conv2d(3, 2, 1))
    with torch.no_grad():
        model[0].weight[0] = torch.nan
    found = top_activating_images(model, "0", pixels(2))
    assert (found.activations[:, 0] == -np.inf).all()
    assert np.isfinite(found.activations[:, 1]).all()


def test_the_pass_ends_at_the_layer_and_leaves_nothing_behind():
    model, ran = seeded(PooledNet).train(), []
    behind = model.conv2.register_forward_hook(lambda *given: ran.append(1))
    shares = []
    top_activating_images(model, "bn1", pixels(40), progress=shares.append)
    assert not ran
    behind.remove()
    assert hooks(model) == 0
    assert model.training
    assert shares == [0.8, 1.0]


def test_after_an_error_nothing_is_left_behind_either():
    model = seeded(PooledNet)
    model.unused = nn.Sequential(nn.Conv2d(3, 3, 1))
    with pytest.raises(UserError, match="has no output of its own"):
        top_activating_images(model, "unused", pixels(2))
    with pytest.raises(RuntimeError):
        top_activating_images(model, "conv2", pixels(2)[:, :1])
    assert hooks(model) == 0
