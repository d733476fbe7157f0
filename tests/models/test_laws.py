"""What holds for every model, whatever its family."""

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.models import MODELS, Normalize, build, set_statistics
from explorer.models.activations import ACTIVATIONS
from explorer.models.blocks import Block

from .helpers import on_meta

SMALL = ["mlp", "simple_cnn", "residual_cnn", "resnet20"]  # one of each kind that is quick on a CPU
VARIANTS = [  # the deeper nets of a family are made of the same pieces
    *(
        (name, {})
        for name in ("mlp", "simple_cnn", "residual_cnn", "vgg11", "vgg16", "resnet18", "resnet50", "resnet32")
    ),
    ("mlp", {"batch_norm": True, "dropout": 0.2}),
    ("simple_cnn", {"kernel": "1x1+3x3", "dropout": 0.5}),
    ("simple_cnn", {"depth": 2, "batch_norm": False}),
    ("residual_cnn", {"kernel": "1x1+3x3", "depth": 4}),
    ("vgg11", {"batch_norm": False}),
    ("vgg11", {"head": "imagenet"}),
    ("vgg19", {"residual": True}),
    ("vgg16", {"residual": True, "shortcut": "C"}),
    ("vgg11", {"residual": True, "shortcut": "B", "batch_norm": False}),
    ("simple_cnn", {"bias": True}),
    ("resnet50", {"skip": False}),
    ("resnet20", {"shortcut": "B"}),
    ("resnet20", {"skip": False}),
]


def leaf_calls(model: nn.Module, images: torch.Tensor) -> list[nn.Module]:
    """The modules without children in the order in which a forward pass calls them."""
    calls: list[nn.Module] = []
    leaves = [module for module in model.modules() if not list(module.children())]
    hooks = [leaf.register_forward_hook(lambda module, args, out: calls.append(module)) for leaf in leaves]
    model(images)
    for hook in hooks:
        hook.remove()
    return calls


class Operations(TorchDispatchMode):
    """The names of all operations that run inside, however they were called."""

    def __init__(self):
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.names.append(function.overloadpacket.__name__)
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize(("channels", "classes"), [(1, 10), (3, 7)])
@pytest.mark.parametrize("name", MODELS)
def test_every_model_fits_every_dataset(name, channels, classes):
    logits = on_meta(name, channels, classes)(torch.empty(2, channels, 32, 32, device="meta"))
    assert logits.shape == (2, classes)
    assert logits.dtype == torch.float32


@pytest.mark.parametrize("name", MODELS)
def test_the_logits_of_a_fresh_model_are_finite_and_the_same_twice(name):
    size = 32 if name.startswith("vgg") else 16
    model = build(name, 3, 7, size).eval()
    images = torch.rand(2, 3, size, size)
    with torch.no_grad():
        logits = model(images)
        assert logits.isfinite().all()
        assert torch.equal(model(images), logits)


@pytest.mark.parametrize("size", [8, 21, 33, 64])
@pytest.mark.parametrize("name", SMALL)
def test_other_image_sizes(name, size):
    assert build(name, 1, 5, size)(torch.rand(2, 1, size, size)).shape == (2, 5)


@pytest.mark.parametrize("size", [32, 50, 64])
def test_vgg_at_other_image_sizes(size):
    for head in ("compact", "imagenet"):
        model = on_meta("vgg16", 3, size=size, head=head)
        assert model(torch.empty(2, 3, size, size, device="meta")).shape == (2, 10)


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_the_first_module_normalises(name, options):
    model = on_meta(name, 3, **options)
    first, module = next(model.named_children())
    assert first == "normalize"
    assert isinstance(module, Normalize)
    assert isinstance(leaf_calls(model, torch.empty(2, 3, 32, 32, device="meta"))[0], Normalize)


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_each_module_is_called_exactly_once(name, options):
    model = on_meta(name, 3, **options)
    calls = leaf_calls(model, torch.empty(2, 3, 32, 32, device="meta"))
    leaves = [module for module in model.modules() if not list(module.children())]
    assert len(calls) == len(leaves)
    assert set(calls) == set(leaves)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_every_nonlinearity_is_a_module_of_the_kind_asked_for(name, options, activation):
    model = on_meta(name, 3, activation=activation, **options)
    with Operations() as ran:
        model(torch.empty(2, 3, 32, 32, device="meta"))
    for other, kind in ACTIVATIONS.items():
        modules = sum(isinstance(module, kind) for module in model.modules())
        assert ran.names.count(other) == modules
        assert (modules > 0) == (other == activation)


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_convolution_then_batch_norm_then_activation_then_pooling(name, options):
    model = on_meta(name, 3, **options)
    calls = leaf_calls(model, torch.empty(2, 3, 32, 32, device="meta"))
    for before, after in pairwise(calls):
        if isinstance(after, nn.BatchNorm2d | nn.BatchNorm1d):
            assert isinstance(before, nn.Conv2d | nn.Linear)
        if isinstance(after, nn.MaxPool2d | nn.AdaptiveAvgPool2d):
            assert isinstance(before, nn.ReLU | nn.MaxPool2d)
    assert isinstance(calls[-1], nn.Linear)


@pytest.mark.parametrize("name", ["simple_cnn", "residual_cnn", "vgg11", "resnet18", "resnet20"])
def test_the_logits_are_linear_in_the_averaged_last_feature_maps(name):
    """Hence Grad-CAM is CAM, and the map adds up to the logit."""
    model = build(name, 1, 10).eval()
    maps = {}
    model.global_pool.register_forward_pre_hook(lambda module, args: maps.update(last=args[0]))
    with torch.no_grad():
        logits = model(torch.rand(2, 1, 32, 32))
    cam = torch.einsum("kc,bchw->bkhw", model.head.weight, maps["last"])
    torch.testing.assert_close(cam.mean(dim=(2, 3)) + model.head.bias, logits)


@pytest.mark.parametrize("name", ["simple_cnn", "residual_cnn"])
@pytest.mark.parametrize("depth", [2, 4, 6])
def test_the_last_feature_maps_of_the_small_nets_show_where(name, depth):
    model = on_meta(name, 1, depth=depth)
    shapes = []
    model.global_pool.register_forward_pre_hook(lambda module, args: shapes.append(args[0].shape))
    model(torch.empty(1, 1, 32, 32, device="meta"))
    assert shapes == [(1, 64, 8, 8)]
    assert sum(isinstance(module, nn.Conv2d) for module in model.modules()) == depth


@pytest.mark.parametrize("name", SMALL)
def test_a_state_dict_is_complete(name):
    first, second = build(name, 3, 10), build(name, 3, 10).eval()
    set_statistics(first, (0.5, 0.4, 0.3), (0.2, 0.3, 0.1))
    first(torch.rand(8, 3, 32, 32))  # moves the statistics of batch norm
    second.load_state_dict(first.state_dict())
    images = torch.rand(2, 3, 32, 32)
    assert torch.equal(first.eval()(images), second(images))


@pytest.mark.parametrize("name", SMALL)
def test_the_seed_fixes_the_weights(name):
    torch.manual_seed(5)
    first = build(name, 1, 10).state_dict()
    torch.manual_seed(5)
    second = build(name, 1, 10).state_dict()
    third = build(name, 1, 10).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not all(torch.equal(first[key], third[key]) for key in first)


@pytest.mark.parametrize("name", SMALL)
def test_thirty_two_images_can_be_learned_by_heart(name):
    """Random pixels with random labels: nothing to generalise, so gradients must reach what can remember."""
    torch.manual_seed(0)
    images, labels = torch.rand(32, 1, 8, 8), torch.randint(0, 10, (32,))
    model = build(name, 1, 10, 8)
    set_statistics(model, (0.5,), (0.29,))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    assert (model(images).argmax(1) == labels).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", SMALL)
def test_a_gradient_reaches_every_weight(name, activation):
    torch.manual_seed(0)
    model = build(name, 1, 10, activation=activation)
    model(torch.rand(4, 1, 32, 32)).square().sum().backward()
    for parameter in model.parameters():
        assert parameter.grad.isfinite().all()
        assert parameter.grad.norm() > 0


def test_a_bias_before_batch_norm_changes_nothing_and_gets_no_gradient():
    """In float64, where rounding is far below what the weights get."""
    torch.manual_seed(0)
    model = build("residual_cnn", 1, 10, bias=True).double()
    images = torch.rand(8, 1, 32, 32, dtype=torch.float64)
    biases = {module.bias for module in model.modules() if isinstance(module, nn.Conv2d)}
    before = model(images)
    with torch.no_grad():
        for bias in biases:
            bias.add_(torch.randn_like(bias))
    after = model(images)
    assert torch.allclose(before, after)
    after.square().sum().backward()
    least = min(each.grad.norm() for each in model.parameters() if each not in biases)
    assert max(bias.grad.norm() for bias in biases) < 1e-9 * least


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_a_net_without_skips_has_none(name, options):
    blocks = [module for module in on_meta(name, 3, **options).modules() if isinstance(module, Block)]
    wanted = options.get("skip", name.startswith("res")) or options.get("residual", False)
    assert any(block.skip is not None for block in blocks) == wanted
    if not wanted:
        assert not any("skip" in key for block in blocks for key, _ in block.named_modules())
