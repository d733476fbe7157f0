"""The whitening layer and the identities of airbench94."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.errors import UserError
from explorer.models import build, set_statistics, whiten
from explorer.models.whitening import FLOOR, patch_covariance


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """uint8 (60, 3, 12, 12) whose neighbours and channels correlate."""
    random = np.random.default_rng(0)
    smooth = random.normal(size=(60, 1, 12, 12)).cumsum(2).cumsum(3) * 8
    return np.clip(128 + smooth + random.normal(scale=30, size=(60, 3, 12, 12)), 0, 255).astype(np.uint8)


def test_outputs_of_the_whitening_layer_are_uncorrelated_with_variance_one(pixels):
    model = build("airbench94", 3, 10, 12, widths=(8, 8))
    set_statistics(model, (0.5, 0.4, 0.5), (0.3, 0.2, 0.3))
    whiten(model, pixels)
    maps = model.whiten(model.normalize(torch.from_numpy(pixels).float() / 255)) - model.whiten.bias[:, None, None]
    outputs = maps.detach().transpose(0, 1).flatten(1).double()
    half = len(outputs) // 2
    torch.testing.assert_close(outputs[half:], -outputs[:half])  # each direction once in each sign
    covariance = torch.cov(outputs[:half])
    assert (covariance - covariance.diag().diag()).abs().max() < 1e-3
    assert covariance.diag().min() > 1 - 3 * FLOOR / 0.001
    assert covariance.diag().max() < 1.001
    assert not model.whiten.weight.requires_grad


def test_the_covariance_is_numpys(pixels):
    patches = F.unfold(torch.from_numpy(pixels).double(), 2).transpose(0, 1).flatten(1).numpy()
    np.testing.assert_allclose(patch_covariance(pixels), np.cov(patches, bias=True), rtol=1e-9, atol=1e-6)


def test_a_3x3_convolution_begins_as_the_identity_on_its_input():
    model = build("airbench94", 1, 10, widths=(16, 24, 24))
    maps = torch.rand(2, 16, 9, 9)
    made = model.stage2.conv1(maps)
    torch.testing.assert_close(made[:, :16], maps)
    assert made[:, 16:].std() > 0
    random = build("airbench94", 1, 10, widths=(16, 24, 24), dirac=False)
    assert not torch.allclose(random.stage2.conv1(maps)[:, :16], maps, atol=0.1)


def test_without_whitening_the_first_layer_is_trained(pixels):
    model = build("airbench94", 3, 10, 12, widths=(8, 8), whitening=False)
    before = model.whiten.weight.clone()
    whiten(model, pixels)
    assert torch.equal(model.whiten.weight, before)
    assert all(layer.weight.requires_grad for layer in model.modules() if isinstance(layer, nn.Conv2d))


def test_images_too_small_for_the_widths_are_refused():
    with pytest.raises(UserError, match="Images of 8×8 pixels are too small for airbench94 with 3 widths"):
        build("airbench94", 3, 10, 8)
    assert build("airbench94", 3, 10, 9)(torch.rand(2, 3, 9, 9)).shape == (2, 10)
