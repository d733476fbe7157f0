"""Every attribution method computes what its definition says: by hand, by completeness, and as others compute it."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.insights.attribution import explain, hires_cam
from explorer.insights.attribution.gradients import NOISE, NOISY_COPIES, noise

from .explaining import MODELS, model_of
from .nets import PooledNet, images, seeded

COMPLETE = {"integrated-gradients": 0.03, "deeplift": 1e-5}  # largest gap, of the largest difference of a logit


@pytest.mark.parametrize("method", COMPLETE)
@pytest.mark.parametrize("name", MODELS)
def test_completeness(method, name):
    """The attributions sum to what the logit has over that of a black image."""
    model, x = model_of(name), images(4, size=32)
    with torch.no_grad():
        logits = (model(x) - model(torch.zeros_like(x))).double()
    tolerance = COMPLETE[method] * logits.abs().max().item()
    for target, contrast in ((None, None), (3, 7)):
        result = explain(method, model, x, target=target, contrast=contrast)
        wanted = logits.gather(1, torch.from_numpy(result.target)[:, None])[:, 0]
        if contrast is not None:
            wanted = wanted - logits[:, contrast]
        np.testing.assert_allclose(result.total, wanted, atol=tolerance)
        np.testing.assert_allclose(result.map.sum(axis=(1, 2), dtype=float), result.total, atol=tolerance)


def test_deeplift_is_complete_where_pooling_windows_overlap():
    model = seeded(
        lambda: nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1), nn.Conv2d(8, 8, 3), nn.ReLU(),
            nn.MaxPool2d(3, 1), nn.Flatten(), nn.Linear(8 * 4 * 4, 5),
        )
    )  # fmt: skip
    x = images(4)
    with torch.no_grad():
        wanted = (model(x) - model(torch.zeros_like(x)))[:, 2].double()
    np.testing.assert_allclose(explain("deeplift", model, x, target=2).total, wanted, atol=1e-6)


def stretched(maps: np.ndarray) -> np.ndarray:
    maps = maps - maps.min(axis=(1, 2), keepdims=True)
    return maps / (maps.max(axis=(1, 2), keepdims=True) + 1e-12)


@pytest.mark.parametrize("layer", ["conv1", "conv2", "relu2"])
def test_hirescam_is_what_pytorch_grad_cam_computes(layer):
    from pytorch_grad_cam import HiResCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model, x = seeded(PooledNet), images(6)
    predicted = model(x).argmax(dim=1).tolist()
    with HiResCAM(model, [model.get_submodule(layer)]) as explainer:
        theirs = explainer(x, [ClassifierOutputTarget(value) for value in predicted])
    np.testing.assert_allclose(stretched(hires_cam(model, x, layer).map), theirs, atol=1e-4)


def test_guided_backprop_is_what_pytorch_grad_cam_computes():
    from pytorch_grad_cam import GuidedBackpropReLUModel

    model, x = model_of("residual_cnn"), images(1, size=32)
    ours = explain("guided-backprop", model, x, target=3).raw[0]
    theirs = GuidedBackpropReLUModel(model, torch.device("cpu"))(x, target_category=3)  # (H, W, C)
    np.testing.assert_allclose(ours, theirs.transpose(2, 0, 1), atol=1e-5 * np.abs(ours).max())


def test_smoothgrad_is_captums_noise_tunnel(monkeypatch):
    from captum.attr import NoiseTunnel, Saliency

    model, x = seeded(PooledNet), images(3)
    drawn = noise(x)
    monkeypatch.setattr(torch, "normal", lambda mean, std: drawn.repeat(3, 1, 1, 1))
    tunnel = NoiseTunnel(Saliency(model))
    theirs = tunnel.attribute(x.clone(), nt_samples=NOISY_COPIES, stdevs=NOISE, target=[0, 1, 2], abs=False)
    result = explain("smoothgrad", model, x, target=[0, 1, 2])
    np.testing.assert_allclose(result.raw, theirs.detach(), atol=1e-6)
    assert abs(drawn.std().item() - NOISE) < 0.01


def test_gradients_by_hand():
    model, x = seeded(PooledNet), images(3).requires_grad_()
    (slope,) = torch.autograd.grad(model(x)[:, 2].sum(), x)
    steep = slope.abs().amax(dim=1)
    np.testing.assert_allclose(explain("saliency", model, x, target=2).map, steep, atol=1e-6)
    product = (x.detach() * slope).sum(dim=1)
    np.testing.assert_allclose(explain("input-x-gradient", model, x, target=2).map, product, atol=1e-6)


def test_occlusion_by_hand():
    """A 16×16 image has windows of 2×2 that move by 1; a pixel's loss is averaged over the windows that cover it."""
    model, x = seeded(PooledNet), images(2)
    loss, covers = torch.zeros(2, 16, 16), torch.zeros(16, 16)
    with torch.no_grad():
        logit = model(x)[:, 3]
        for top in range(15):
            for left in range(15):
                covered = x.clone()
                covered[:, :, top : top + 2, left : left + 2] = 0
                loss[:, top : top + 2, left : left + 2] += (logit - model(covered)[:, 3])[:, None, None]
                covers[top : top + 2, left : left + 2] += 1
    np.testing.assert_allclose(explain("occlusion", model, x, target=3).map, loss / covers, atol=1e-5)


def test_hirescam_finds_the_quadrant_where_grad_cam_does_not():
    """The class is the quadrant of a bright patch; the head is Flatten + Linear, so each place has its own weight.

    Averaging a weight map that is positive in one quadrant and negative in the others forgets the place.
    """
    generator = torch.Generator().manual_seed(0)

    def patches(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        x, quadrant = 0.1 * torch.rand(count, 1, 16, 16, generator=generator), torch.arange(count) % 4
        for image, label in zip(x, quadrant.tolist(), strict=True):
            top, left = (8 * half + int(torch.randint(0, 5, (1,), generator=generator)) for half in divmod(label, 2))
            image[0, top : top + 4, left : left + 4] = 1
        return x, quadrant

    model = seeded(lambda: nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(1024, 4)))
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    x, y = patches(256)
    for _ in range(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
    x, y = patches(64)
    assert (model(x).argmax(dim=1) == y).all()

    def hits(method: str) -> int:
        maps = explain(method, model, x, layer="1", target=y).map
        peak = maps.reshape(64, -1).argmax(axis=1)
        return int((2 * (peak // 16 // 8) + peak % 16 // 8 == y.numpy()).sum())

    assert hits("hirescam") == 64
    assert hits("grad-cam") <= 32
