"""Parameters and multiply-accumulates, pinned."""

import pytest
import torch

from explorer.errors import UserError
from explorer.models import MODELS, build, options
from explorer.models.mlp import scaled_widths
from explorer.options import write_network

from .helpers import mmac, on_meta, parameters

# Measured with torch 2.15 at 3 × 32 × 32 and 10 classes. Those of VGG-16, ResNet-18 and the CIFAR ResNets are also the
# known figures of the networks; the others stand here so that a change is seen.
MEASURED = [
    ("mlp", {}, 820_874, 0.82),
    ("simple_cnn", {}, 107_610, 9.88),
    ("simple_cnn", {"depth": 2}, 10_458, 1.03),
    ("simple_cnn", {"depth": 4}, 61_338, 5.16),
    ("simple_cnn", {"kernel": 5}, 296_794, 27.44),
    ("simple_cnn", {"kernel": 7}, 580_570, 53.79),
    ("simple_cnn", {"kernel": "1x1+3x3"}, 73_042, 7.63),
    ("residual_cnn", {}, 107_610, 9.88),
    ("simple_cnn", {"bias": True}, 107_882, 9.88),
    ("simple_cnn", {"batch_norm": False}, 107_338, 9.88),
    ("vgg11", {"batch_norm": False}, 9_225_610, 152.8),
    ("vgg13", {"batch_norm": False}, 9_410_122, 228.3),
    ("vgg16", {"batch_norm": False}, 14_719_818, 313.2),
    ("vgg16", {"batch_norm": True}, 14_728_266, 313.2),
    ("vgg16", {"batch_norm": False, "head": "imagenet"}, 134_301_514, 432.8),
    ("vgg16", {"batch_norm": False, "head": "imagenet", "residual": True}, 134_301_514, 432.8),
    ("vgg16", {"batch_norm": False, "head": "imagenet", "residual": True, "shortcut": "B"}, 134_474_442, 439.1),
    ("vgg16", {"batch_norm": False, "head": "imagenet", "residual": True, "shortcut": "C"}, 135_332_362, 453.7),
    ("vgg19", {"batch_norm": False}, 20_029_514, 398.1),
    ("resnet18", {}, 11_173_962, 555.4),
    ("resnet34", {}, 21_282_122, 1159.4),
    ("resnet50", {}, 23_520_842, 1297.8),
    ("resnet20", {}, 269_722, 40.55),
    ("resnet32", {}, 464_154, 68.86),
    ("resnet44", {}, 658_586, 97.17),
    ("resnet56", {}, 853_018, 125.49),
    ("resnet110", {}, 1_727_962, 252.89),
    ("airbench94", {}, 1_972_792, 118.1),
    ("resnet20", {"width": 8}, 68_050, 10.25),
    ("resnet20", {"shortcut": "B"}, 272_474, 40.81),
    ("resnet32", {"shortcut": "B"}, 466_906, 69.12),
    ("resnet44", {"shortcut": "B"}, 661_338, 97.44),
    ("resnet56", {"shortcut": "B"}, 855_770, 125.75),
    ("resnet110", {"shortcut": "B"}, 1_730_714, 253.15),
]


@pytest.mark.parametrize(("name", "given", "count", "cost"), MEASURED)
def test_parameters_and_cost(name, given, count, cost):
    model = on_meta(name, 3, **given)
    assert parameters(model) == count
    assert mmac(model, 3) == pytest.approx(cost, rel=1e-3, abs=0.005)


def test_vgg16_at_its_original_size_costs_what_torchvision_states():
    model = on_meta("vgg16", 3, 1000, 224, batch_norm=False, head="imagenet")
    assert parameters(model) == 138_357_544
    assert mmac(model, 3, 224) == pytest.approx(15_470, rel=1e-3)


@pytest.mark.parametrize("name", ["resnet20", "resnet56", "resnet110"])
@pytest.mark.parametrize("shortcut", ["A", "B"])
def test_a_plain_net_has_the_weights_of_shortcut_a(name, shortcut):
    plain = on_meta(name, 3, skip=False, shortcut=shortcut)
    assert parameters(plain) == parameters(on_meta(name, 3, shortcut="A"))


@pytest.mark.parametrize(("name", "projections"), [("resnet18", 3), ("resnet34", 3), ("resnet50", 4)])
def test_a_plain_net_has_no_projections(name, projections):
    with_skips, plain = on_meta(name, 3), on_meta(name, 3, skip=False)
    skips = {key: value for key, value in with_skips.named_parameters() if ".skip." in key}
    assert len(skips) == 3 * projections  # a convolution's weight, and two of batch norm
    assert parameters(with_skips) - parameters(plain) == sum(value.numel() for value in skips.values())


@pytest.mark.parametrize("depth", [2, 4, 6])
@pytest.mark.parametrize("kernel", [3, "1x1+3x3"])
@pytest.mark.parametrize("batch_norm", [True, False])
def test_residual_cnn_has_the_weights_of_simple_cnn(depth, kernel, batch_norm):
    given = {"depth": depth, "kernel": kernel, "batch_norm": batch_norm}
    simple, residual = on_meta("simple_cnn", 3, **given), on_meta("residual_cnn", 3, **given)
    assert [each.shape for each in residual.parameters()] == [each.shape for each in simple.parameters()]
    assert mmac(residual, 3) == mmac(simple, 3)


@pytest.mark.parametrize("name", ["vgg11", "vgg13", "vgg16", "vgg19"])
@pytest.mark.parametrize("batch_norm", [True, False])
def test_skips_add_no_weights_to_vgg(name, batch_norm):
    plain = on_meta(name, 3, batch_norm=batch_norm)
    residual = on_meta(name, 3, batch_norm=batch_norm, residual=True)
    assert [each.shape for each in residual.parameters()] == [each.shape for each in plain.parameters()]


@pytest.mark.parametrize("name", [name for name in MODELS if name != "mlp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_an_mlp_can_match_every_other_model(name, channels):
    target = parameters(on_meta(name, channels))
    assert parameters(on_meta("mlp", channels, match=name)) == pytest.approx(target, rel=0.01)


@pytest.mark.parametrize(
    "given", [{"widths": (64,) * 8}, {"widths": (10, 1000)}, {"batch_norm": True}, {"size": 64, "classes": 100}]
)
def test_other_mlps_can_match_too(given):
    where = {key: given[key] for key in ("size", "classes") if key in given}
    target = parameters(on_meta("resnet20", 3, **where))
    assert parameters(on_meta("mlp", 3, match="resnet20", **given)) == pytest.approx(target, rel=0.01)


@pytest.mark.parametrize(
    ("network", "given"),
    [
        ("vgg16", {"batch_norm": False, "head": "imagenet"}),
        ("vgg16", {"head": "imagenet", "residual": True, "shortcut": "C"}),
        ("simple_cnn", {"kernel": "1x1+3x3", "depth": 6}),
    ],
)
@pytest.mark.parametrize("own", [{}, {"widths": (512, 256, 128), "batch_norm": True}])
def test_an_mlp_can_match_any_configured_network(network, given, own):
    """Also the 134 million of VGG-16, for which one hidden layer is wider than one may write by hand."""
    target = parameters(on_meta(network, 3, **given))
    matched = on_meta("mlp", 3, match=write_network(network, given), **own)
    assert parameters(matched) == pytest.approx(target, rel=0.01)


def test_matching_draws_no_random_numbers():
    torch.manual_seed(3)
    matched = build("mlp", 1, 10, match="simple_cnn")
    widths = (matched.linear1.out_features, matched.linear2.out_features)
    torch.manual_seed(3)
    assert torch.equal(build("mlp", 1, 10, widths=widths).head.weight, matched.head.weight)


def test_a_match_that_is_out_of_reach_is_refused():
    with pytest.raises(UserError, match=r"An mlp of 2 hidden layers on 3×224×224 images cannot have the 107,610 param"):
        build("mlp", 3, 10, 224, match="simple_cnn")
    with pytest.raises(UserError, match=r"of 1 hidden layers .* match a larger model or give more widths\."):
        build("mlp", 3, 10, 64, match="simple_cnn", widths=(100,))


def test_an_mlp_cannot_match_itself():
    assert "mlp" not in options("mlp")["match"].choices
    assert options("mlp")["match"].choices[:2] == ("none", "simple_cnn")


def test_scaled_widths_keep_their_proportion():
    assert scaled_widths((40, 20), lambda widths: 100 * widths[0] + widths[1], 100 * 400 + 200) == (400, 200)
