"""Grad-CAM is its formula, and what others compute."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.errors import UserError
from explorer.insights.attribution import grad_cam, hires_cam
from explorer.insights.layers import conv_layers, layer_shapes

from .nets import PooledNet, SkipNet, dense_net, hooks, images, random_net, seeded


def by_hand(model: nn.Module, layer: str, x: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Σ α_k A_k with a zero added to A at the layer: the gradient of the logit by that zero is ∂logit/∂A."""
    maps = {}

    def add(module, inputs, output):
        maps["A"], maps["zero"] = output.detach().clone(), torch.zeros_like(output, requires_grad=True)
        return output + maps["zero"]

    handle = model.get_submodule(layer).register_forward_hook(add)
    logits = model(x)
    handle.remove()
    logits.gather(1, target[:, None]).sum().backward(inputs=[maps["zero"]])
    alpha = maps["zero"].grad.mean(dim=(2, 3), keepdim=True)
    return (alpha * maps["A"]).sum(dim=1)


@pytest.mark.parametrize("seed", range(12))
def test_it_is_the_formula(seed):
    model, x = random_net(seed), images(3)
    classes = model(x).shape[1]
    target = torch.tensor([0, classes - 1, 1])
    for layer in conv_layers(model):
        result = grad_cam(model, x, layer, target)
        signed = by_hand(model, layer, x, target)
        scale = max(1.0, signed.abs().max().item())
        full = F.interpolate(signed.relu()[:, None], size=(16, 16), mode="bilinear", align_corners=False)[:, 0]
        for ours, expected in ((result.raw[:, 0], signed), (result.map, full)):
            np.testing.assert_allclose(ours, expected.detach().numpy(), atol=1e-6 * scale)
            assert ours.dtype == np.float32
        assert result.target.tolist() == target.tolist()
        assert result.layer == layer


@pytest.mark.parametrize(("net", "layer"), [(PooledNet, "conv2"), (PooledNet, "relu1"), (SkipNet, "project")])
def test_it_is_what_captum_pytorch_grad_cam_and_torchcam_compute(net, layer):
    from captum.attr import LayerGradCam
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from torchcam.methods import GradCAM as TorchCAM

    model, x = seeded(net), images(6)
    result = grad_cam(model, x, layer)
    predicted = model(x).argmax(dim=1).tolist()
    assert result.target.tolist() == predicted
    assert not result.blank.all()

    captum = LayerGradCam(model, model.get_submodule(layer)).attribute(x, predicted, relu_attributions=True)
    coarse = result.raw[:, 0].clip(0)
    np.testing.assert_allclose(coarse, captum[:, 0].detach(), atol=1e-6)

    with TorchCAM(model, layer) as extractor:
        (raw,) = extractor(predicted, model(x), normalized=False)
    np.testing.assert_allclose(coarse, raw, atol=1e-4 * raw.abs().max().item())

    with GradCAM(model, [model.get_submodule(layer)]) as explainer:
        theirs = explainer(x, [ClassifierOutputTarget(value) for value in predicted])
    # It stretches the coarse map to [0, 1], enlarges it and stretches it again; the last stretch undoes the first.
    np.testing.assert_allclose(stretched(result.map), theirs, atol=1e-4)


def stretched(maps: np.ndarray) -> np.ndarray:
    maps = maps - maps.min(axis=(1, 2), keepdims=True)
    return maps / (maps.max(axis=(1, 2), keepdims=True) + 1e-12)


def test_relu_in_place_gives_the_same_map():
    # torchcam keeps the overwritten output here, and its map differs; so it does on SkipNet's block.0.
    kept, spoiling = seeded(PooledNet), seeded(lambda: PooledNet(inplace=True))
    for layer in conv_layers(kept):
        one, other = grad_cam(kept, images(), layer), grad_cam(spoiling, images(), layer)
        np.testing.assert_array_equal(one.raw, other.raw)


@pytest.mark.parametrize("method", [grad_cam, hires_cam])
def test_before_a_pooled_linear_head_it_is_cam_and_sums_to_the_logit(method):
    model, x = seeded(PooledNet), images(5)
    for target in range(5):
        result = method(model, x, "relu2", target)
        maps = model.relu2(model.conv2(model.pool1(model.relu1(model.bn1(model.conv1(x))))))
        cam = torch.einsum("k,bkhw->bhw", model.head.weight[target], maps).detach()
        h, w = result.resolution
        np.testing.assert_allclose(h * w * result.raw[:, 0], cam, atol=1e-5)
        logit = result.total + model.head.bias[target].item()
        np.testing.assert_allclose(logit, model(x)[:, target].detach(), atol=1e-5)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_callers_gradient_mode_does_not_matter(mode):
    model = seeded(PooledNet)
    expected = grad_cam(model, images(), "conv2").raw
    with mode():
        np.testing.assert_array_equal(grad_cam(model, images(), "conv2").raw, expected)
    model.requires_grad_(False)
    np.testing.assert_array_equal(grad_cam(model, images(), "conv2").raw, expected)


def test_train_mode_gives_the_answer_of_eval_mode():
    model = seeded(PooledNet)
    expected = grad_cam(model, images(), "conv2").raw
    np.testing.assert_array_equal(grad_cam(model.train(), images(), "conv2").raw, expected)


def test_a_blank_map_is_a_result():
    model = seeded(PooledNet)
    with torch.no_grad():
        model.head.weight[2] = -1  # every activation behind the ReLU speaks against class 2
        model.head.weight[3] = 1
    assert grad_cam(model, images(), "relu2", 2).blank.all()
    assert not grad_cam(model, images(), "relu2", 3).blank.any()
    with torch.no_grad():
        model.head.weight[3] = float("nan")
    diverged = grad_cam(model, images(), "relu2", 3)
    assert diverged.blank.all()
    assert np.isnan(diverged.map).all()


def test_resolution_is_what_was_measured():
    result = grad_cam(seeded(PooledNet), images(), "pool", 0)
    assert result.resolution == (1, 1)
    assert result.map.shape == (4, 16, 16)
    np.testing.assert_allclose(result.map, np.broadcast_to(result.raw[:, 0].clip(0), (4, 16, 16)), rtol=1e-5)


def test_one_target_or_one_for_each():
    model = seeded(PooledNet)
    for target in (3, [3], np.array([3, 3, 3, 3]), torch.tensor([3, 3, 3, 3])):
        result = grad_cam(model, images(), "conv2", target)
        assert result.target.tolist() == [3, 3, 3, 3]
        np.testing.assert_array_equal(result.raw, grad_cam(model, images(), "conv2", 3).raw)


@pytest.mark.parametrize(
    ("layer", "target", "message"),
    [
        ("conv9", 0, r"No layer 'conv9'.*conv1"),
        ("head", 0, r"Layer 'head' has an output of \(5,\) per image, which is not a map"),
        ("conv2", 5, "No class 5; choose one from 0 to 4"),
        ("conv2", -1, "No class -1"),
        ("conv2", [0, 1], "2 target classes for 4 images"),
    ],
)
def test_wrong_input_is_named(layer, target, message):
    model = seeded(PooledNet).train()
    with pytest.raises(UserError, match=message):
        grad_cam(model, images(), layer, target)
    assert hooks(model) == 0
    assert model.training


def test_a_model_or_container_without_maps_is_refused():
    with pytest.raises(UserError, match="not a map"):
        grad_cam(dense_net(), images(), "1")
    with pytest.raises(UserError, match="Layer 'block' has no output of its own"):
        grad_cam(seeded(SkipNet), images(), "block")


def test_any_layer_with_maps_will_do():
    model = seeded(PooledNet)
    for layer, shape in layer_shapes(model, 3, 16).items():
        if len(shape) == 3:
            assert grad_cam(model, images(), layer).resolution == shape[1:]


def test_a_small_network_is_explained_by_one_thread_and_the_others_are_back_afterwards(monkeypatch):
    model, threads = seeded(PooledNet), []
    layer = conv_layers(model)[-1]
    hook = model.register_forward_hook(lambda *_: threads.append(torch.get_num_threads()))
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        grad_cam(model, images(1), layer)
        monkeypatch.setattr("explorer.insights.attribution.session.WORTH_SPLITTING", 0)
        grad_cam(model, images(1), layer)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
        hook.remove()
    assert threads == [1, 2]
