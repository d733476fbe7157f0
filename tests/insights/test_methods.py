"""Every attribution method keeps its promises, computes what others compute, and leaves the model as it was."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights.attribution import METHODS, explain, hires_cam
from explorer.insights.attribution.gradients import NOISE, NOISY_COPIES, noise
from explorer.insights.attribution.requirements import RULES
from explorer.insights.layers import conv_layers, default_cam_layer
from explorer.models import build
from explorer.models.activations import ACTIVATIONS
from explorer.models.network import Network

from .nets import PooledNet, dense_net, hooks, images, seeded

COMPLETE = {"integrated-gradients": 0.03, "deeplift": 1e-5}  # largest gap, of the largest difference of a logit
MODELS = {  # every family with convolutions, activations of each kind, with and without skips
    "simple_cnn": {},
    "simple_cnn, no batch norm": {"batch_norm": False, "depth": 4},
    "simple_cnn, tanh": {"activation": "tanh", "depth": 4},
    "residual_cnn": {},
    "resnet20, shortcut B": {"shortcut": "B"},
    "mlp": {"widths": (32, 16)},
}


def model_of(name: str) -> nn.Module:
    return seeded(lambda: build(name.split(",")[0], 3, 10, **MODELS[name]))


def layer_of(method: str, model: nn.Module, size: int = 16) -> str | None:
    return default_cam_layer(model, 3, size) if METHODS[method].needs_layer else None


def attribution(method: str, model: nn.Module, x: torch.Tensor, target=None, contrast=None):
    return explain(method, model, x, layer_of(method, model, x.shape[-1]), target, contrast)


@pytest.mark.parametrize("method", METHODS)
def test_one_kind_of_answer(method):
    model, x = seeded(PooledNet), images(3)
    result = attribution(method, model, x, target=[0, 4, 2])
    assert result.method == method
    assert (result.map.shape, result.map.dtype, result.raw.dtype) == ((3, 16, 16), np.float32, np.float32)
    assert result.raw.ndim == 4
    assert result.signed == METHODS[method].signed
    assert result.signed or result.map.min() >= 0
    assert (result.target.tolist(), result.contrast) == ([0, 4, 2], None)
    assert (result.layer is None) != METHODS[method].needs_layer
    assert not result.blank.all()
    with pytest.raises(FrozenInstanceError):
        result.signed = not result.signed
    alone = [attribution(method, model, x[i : i + 1], target=[0, 4, 2][i]).map[0] for i in range(3)]
    np.testing.assert_allclose(result.map, alone, atol=1e-5 * np.abs(result.map).max())  # whatever else is in the batch


@pytest.mark.parametrize("method", METHODS)
def test_the_default_target_is_the_predicted_class(method):
    model, x = seeded(PooledNet), images(4)
    predicted = model(x).argmax(dim=1)
    result = attribution(method, model, x)
    assert result.target.tolist() == predicted.tolist()
    np.testing.assert_array_equal(result.raw, attribution(method, model, x, predicted).raw)


PASSES = {
    "grad-cam": (1, 1), "hirescam": (1, 1), "guided-grad-cam": (2, 2), "saliency": (1, 1), "smoothgrad": (26, 25),
    "input-x-gradient": (1, 1), "guided-backprop": (1, 1), "integrated-gradients": (51, 50), "deeplift": (2, 2),
    "occlusion": (226, 0),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_the_passes_that_are_counted_are_those_that_the_help_names(method):
    model = seeded(PooledNet)
    ran = []
    model.register_forward_pre_hook(lambda module, inputs: ran.append(len(inputs[0])))
    result = attribution(method, model, images(2, size=32), target=1)
    assert result.passes == PASSES[method]
    layer_search = 1 if METHODS[method].needs_layer else 0  # default_cam_layer sends one black image
    assert sum(ran) - layer_search == 2 * result.passes.forward


@pytest.mark.parametrize("method", METHODS)
def test_the_help_says_what_it_is_what_it_costs_and_when_it_does_not_apply(method):
    what, cost, limits = METHODS[method].help.split("\n\n")
    assert what.endswith(")")  # the source
    assert any(year in what for year in map(str, range(2013, 2021)))
    assert cost.startswith("Cost: ")
    assert limits.startswith("Does not ")


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


@pytest.mark.parametrize("method", [n for n in METHODS if n not in ("guided-grad-cam", "guided-backprop", "deeplift")])
def test_why_one_and_not_another_is_the_difference_of_the_two(method):
    """Of the methods that are linear in the logits; completeness holds DeepLift to it."""
    model, x = seeded(PooledNet), images(3)
    one, other = attribution(method, model, x, 1), attribution(method, model, x, 4)
    both = attribution(method, model, x, 1, contrast=4)
    assert both.contrast.tolist() == [4, 4, 4]
    scale = max(np.abs(one.raw).max(), np.abs(other.raw).max())
    np.testing.assert_allclose(both.raw, one.raw - other.raw, atol=1e-5 * scale)


def test_a_class_is_not_set_against_itself():
    with pytest.raises(UserError, match="Class 2 compared with itself explains nothing"):
        explain("saliency", seeded(PooledNet), images(), target=2, contrast=2)


def test_hirescam_is_cam_before_a_pooled_linear_head():
    model, x = seeded(PooledNet), images(5)
    for target in range(5):
        result = hires_cam(model, x, "relu2", target)
        maps = model.relu2(model.conv2(model.pool1(model.relu1(model.bn1(model.conv1(x))))))
        cam = torch.einsum("k,bkhw->bhw", model.head.weight[target], maps).detach()
        h, w = result.resolution
        np.testing.assert_allclose(h * w * result.raw[:, 0], cam, atol=1e-5)
        logit = result.total + model.head.bias[target].item()
        np.testing.assert_allclose(logit, model(x)[:, target].detach(), atol=1e-5)


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


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_works_with_every_kind_of_model_or_says_why_not(method, name):
    model, x = model_of(name), images(2, size=32)
    if METHODS[method].needs_layer and not conv_layers(model):
        with pytest.raises(UserError, match="no convolution"):
            attribution(method, model, x)
        return
    if method.startswith("guided") and "tanh" in name:
        with pytest.raises(UserError, match="has none: choose Saliency"):
            attribution(method, model, x)
        return
    result = attribution(method, model, x)
    assert np.isfinite(result.map).all()
    assert not result.blank.any()
    assert hooks(model) == 0


NETWORKS = {
    **{name: ("simple_cnn", (("activation", name), ("depth", 2)), 16) for name in ACTIVATIONS},
    "flat": ("mlp", (("widths", (8,)),), 8),
    "flat, gelu": ("mlp", (("activation", "gelu"), ("widths", (8,))), 8),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("method", METHODS)
def test_why_not_says_what_trying_would(method, name):
    model, options, size = NETWORKS[name]
    network = Network(model, options, 3, 3, size)
    reason, module = METHODS[method].why_not(network), seeded(network.build)
    if METHODS[method].needs_layer and not conv_layers(module):
        title = METHODS[method].title
        assert reason == f"{title} needs a convolution and this network has none: choose Input × Gradient."
        return
    if reason is None:
        assert np.isfinite(attribution(method, module, images(1, size=size)).map).all()
    else:
        with pytest.raises(UserError, match=f"^{re.escape(reason)}$"):
            attribution(method, module, images(1, size=size))


@dataclass(frozen=True)
class Coarse(Network):
    """One convolution whose maps are too small to say where."""

    def build(self) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 5, stride=5), nn.ReLU(), nn.Flatten(), nn.Linear(36, 3))


def test_why_not_knows_when_maps_are_too_small():
    small = Coarse("", (), 3, 3, 16)
    assert METHODS["guided-backprop"].why_not(small) is None
    reason = METHODS["grad-cam"].why_not(small)
    assert reason == "On 16×16 images no layer of this model has a map of 4×4 pixels; use larger images."


def test_deeplift_knows_its_limits():
    from captum.attr._core.deep_lift import SUPPORTED_NON_LINEAR

    theirs = {kind for kind in SUPPORTED_NON_LINEAR if kind.__module__ == "torch.nn.modules.activation"}
    assert theirs == set(RULES)
    for name, kind in ACTIVATIONS.items():
        model = seeded(lambda name=name: build("simple_cnn", 3, 10, depth=2, activation=name))
        if kind in theirs:
            explain("deeplift", model, images(1, size=32))
        else:
            with pytest.raises(UserError, match="DeepLift has no rule for GELU: choose Integrated Gradients"):
                explain("deeplift", model, images(1, size=32))


def test_wrong_input_is_named():
    model = seeded(PooledNet)
    with pytest.raises(UserError, match=r"No method 'gradcam'\. Did you mean 'grad-cam'\?"):
        explain("gradcam", model, images())
    with pytest.raises(UserError, match="Grad-CAM needs a layer: name one"):
        explain("grad-cam", model, images())
    with pytest.raises(UserError, match="Saliency explains the image, not layer 'conv1': leave out the layer"):
        explain("saliency", model, images(), "conv1")
    with pytest.raises(UserError, match="No class 5; choose one from 0 to 4"):
        explain("saliency", model, images(), target=1, contrast=5)
    with pytest.raises(UserError, match="2 target classes for 4 images"):
        explain("occlusion", model, images(), target=[1, 2])


@pytest.fixture
def one_torch_thread():
    """Sixteen threads with a pool of threads each would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_sixteen_threads_give_the_serial_answers(one_torch_thread):
    model, names = seeded(PooledNet), list(METHODS)
    questions = [(names[i % len(names)], images(2, seed=i), i % 5) for i in range(80)]

    def answer(question):
        method, x, target = question
        return explain(method, model, x, "conv2" if METHODS[method].needs_layer else None, target).raw

    serial = [answer(question) for question in questions]
    model.train()  # the first to finish would put it back in train mode under the others
    with ThreadPoolExecutor(16) as pool:
        together = list(pool.map(answer, questions))
    for one, other in zip(serial, together, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert hooks(model) == 0
    assert all(module.training for module in model.modules())


@pytest.mark.parametrize("method", METHODS)
def test_the_callers_gradient_mode_does_not_matter(method):
    model, x = seeded(PooledNet), images()
    expected = attribution(method, model, x, 1).raw
    with torch.inference_mode():
        np.testing.assert_array_equal(attribution(method, model, x.clone(), 1).raw, expected)
    model.requires_grad_(False)
    with torch.no_grad():
        np.testing.assert_array_equal(attribution(method, model, x, 1).raw, expected)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_stays_on_the_modules_when_captum_fails_on_the_way_back(method):
    """Its DeepLift keeps tensors on every module until the gradient has passed."""

    class Refuses(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise ZeroDivisionError

    model = seeded(PooledNet).train()
    before = [set(vars(module)) for module in model.modules()]
    whole = model.pool1.forward
    model.pool1.forward = lambda x: Refuses.apply(whole(x)) if torch.is_grad_enabled() else 1 / 0
    before[list(model.modules()).index(model.pool1)].add("forward")
    with pytest.raises(ZeroDivisionError):
        explain(method, model, images(), "conv1" if METHODS[method].needs_layer else None)
    assert hooks(model) == 0
    assert model.training
    assert [set(vars(module)) for module in model.modules()] == before


@pytest.mark.parametrize("method", [name for name in METHODS if not METHODS[name].needs_layer])
def test_a_network_without_maps_can_be_explained_too(method):
    assert explain(method, dense_net(), images()).map.shape == (4, 16, 16)
