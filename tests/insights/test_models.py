"""Every architecture of ours, and torchvision's published figures. On the meta device shapes cost no time."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.errors import UserError
from explorer.insights.attribution import grad_cam
from explorer.insights.cost import cost
from explorer.insights.features import feature_maps
from explorer.insights.gradients import parameter_table
from explorer.insights.layers import CAM_SIDE, conv_layers, default_cam_layer, layer_shapes, map_layers
from explorer.models import MODELS, build
from explorer.models.blocks import Block

from .nets import hooks, images

VARIANTS = [
    *((name, {}) for name in MODELS),
    ("simple_cnn", {"kernel": "1x1+3x3", "dropout": 0.2, "batch_norm": False}),
    ("vgg16", {"residual": True, "head": "imagenet"}),
    ("resnet20", {"skip": False}),
]


def shape_only(name: str, **options) -> nn.Module:
    with torch.device("meta"):
        return build(name, 3, 10, **options).eval()


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_every_model_has_shapes_and_a_layer_for_cam(name, options):
    model = shape_only(name, **options)
    shapes = layer_shapes(model, 3, 32)
    assert next(iter(shapes)) == "normalize"
    assert list(shapes.values())[-1] == (10,)
    assert [layer for layer in shapes if layer in conv_layers(model)] == conv_layers(model)  # the order of running
    if not conv_layers(model):
        with pytest.raises(UserError, match="no convolution"):
            default_cam_layer(model, 3, 32)
        return
    layer = default_cam_layer(model, 3, 32)
    assert min(shapes[layer][1:]) >= CAM_SIDE
    listed = map_layers(model, 3, 32)
    (at,) = (number for number, other in enumerate(listed) if other.name == layer)
    assert listed[at].kind == "activation"
    assert all(other.side < CAM_SIDE or other.kind == "convolution" for other in listed[at + 1 :])
    assert (listed[at].block != "") == any(isinstance(module, Block) for module in model.modules())


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_every_model_costs_what_pytorch_counts(name, options):
    model = shape_only(name, **options)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, 32, 32, device="meta"))
    assert cost(model, 3, 32).macs == counter.get_total_flops() // 2


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_every_parameter_is_classified(name, options):
    model = shape_only(name, **options)
    table = parameter_table(model)
    for parameter, layer, kind in table[["parameter", "layer", "kind"]].itertuples(index=False):
        owner = model.get_submodule(layer)
        weight = "scale" if isinstance(owner, nn.BatchNorm2d) else "weight"
        bias = "shift" if isinstance(owner, nn.BatchNorm2d) else "bias"
        assert kind == {"weight": weight, "bias": bias}[parameter.rpartition(".")[2]]
    weighted = table[table["kind"] == "weight"]
    assert len(weighted) == sum(isinstance(module, nn.Conv2d | nn.Linear) for module in model.modules())
    assert isinstance(model.get_submodule(weighted["layer"].iloc[-1]), nn.Linear)


@pytest.mark.parametrize(
    ("name", "options", "mmacs"),
    # He et al. 2015 for the nets for 32×32 images, and as counted by hand for the stems and heads for such images.
    [
        ("resnet20", {}, 40.55),
        ("resnet32", {}, 68.86),
        ("resnet44", {}, 97.17),
        ("resnet56", {}, 125.49),
        ("resnet110", {}, 252.89),
        ("vgg16", {}, 313.2),
        ("resnet18", {}, 555.4),
    ],
)
def test_multiply_accumulates_of_known_nets(name, options, mmacs):
    assert cost(shape_only(name, **options), 3, 32).macs / 1e6 == pytest.approx(mmacs, rel=2e-3)


@pytest.mark.parametrize(
    ("name", "parameters", "gmacs"),
    # Weights.meta of torchvision: num_params and _ops.
    [("resnet18", 11_689_512, 1.814), ("resnet50", 25_557_032, 4.089), ("vgg16_bn", 138_365_992, 15.47)],
)
def test_torchvisions_published_figures(name, parameters, gmacs):
    import torchvision

    with torch.device("meta"):
        model = torchvision.models.get_model(name).eval()
    found = cost(model, 3, 224)
    assert found.parameters == parameters
    assert found.macs / 1e9 == pytest.approx(gmacs, rel=5e-4)
    if name == "vgg16_bn":
        assert layer_shapes(model, 3, 224)["features.40"] == (512, 14, 14)


@pytest.mark.parametrize("name", ["simple_cnn", "residual_cnn", "resnet20", "vgg11"])
def test_real_models_answer(name):
    model = build(name, 3, 10).train()
    layer = default_cam_layer(model, 3, 32)
    result = grad_cam(model, images(2, size=32), layer)
    assert result.map.shape == (2, 32, 32)
    assert np.isfinite(result.signed).all()
    assert feature_maps(model, layer, images(2, size=32)).shape[2:] == result.resolution
    assert layer_shapes(model, 3, 32) == layer_shapes(shape_only(name), 3, 32)
    assert hooks(model) == 0
    assert model.training


# Every kind of network with that head; the deeper ones have the same blocks, more of them.
POOLED = ("simple_cnn", "residual_cnn", "resnet18", "resnet50", "resnet20", "resnet32")


@pytest.mark.parametrize(
    ("name", "options"),
    [*((n, o) for n, o in VARIANTS if n in POOLED), ("resnet18", {"skip": False}), ("resnet20", {"shortcut": "B"})],
)
def test_with_a_pooled_linear_head_grad_cam_at_the_default_layer_is_cam(name, options):
    """Zhou et al. 2016: the maps in front of the pooling, weighed by the head; they sum to the logit less its bias."""
    model, x = build(name, 3, 10, **options).eval(), images(2, size=32)
    layer = default_cam_layer(model, 3, 32)
    result = grad_cam(model, x, layer, target=[3, 7])
    maps, weights = feature_maps(model, layer, x), model.head.weight.detach().numpy()
    cam = np.stack([np.tensordot(weights[target], of, 1) for target, of in zip((3, 7), maps, strict=True)])
    h, w = result.resolution
    np.testing.assert_allclose(h * w * result.raw[:, 0], cam, rtol=1e-4, atol=1e-5 * np.abs(cam).max())
    with torch.no_grad():
        logits = model(x)[[0, 1], [3, 7]] - model.head.bias[[3, 7]]
    np.testing.assert_allclose(result.total, logits, rtol=1e-3, atol=1e-5 * np.abs(cam).sum())


def test_where_finer_maps_are_looked_at_it_is_not_cam():
    """VGG at 32×32: behind the 4×4 maps come poolings and convolutions, down to 1×1; a page says so."""
    model = shape_only("vgg11")
    listed = map_layers(model, 3, 32)
    assert (default_cam_layer(model, 3, 32), listed[-1].shape) == ("features.20", (512, 2, 2))
