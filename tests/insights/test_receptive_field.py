"""Receptive fields are the published ones, and the pixels that the gradient really reaches."""

import random
from collections.abc import Iterable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.graph import graph
from explorer.insights.hooks import capture
from explorer.insights.receptive_field import Field, effective_field, field_growth, held_side, receptive_fields
from explorer.models import MODELS, build

from .nets import PooledNet, hooks, images, seeded


def fields_of(model, channels: int, size: int) -> dict[str, Field]:
    return receptive_fields(graph(model, channels, size), size)


def published(name: str) -> dict[str, Field]:
    import torchvision

    with torch.device("meta"):
        return fields_of(torchvision.models.get_model(name), 3, 224)


def ours(name: str, **options) -> dict[str, Field]:
    with torch.device("meta"):
        return fields_of(build(name, 3, 10, **options), 3, 32)


def after_stages(fields: dict[str, Field], stage: str) -> list[int]:
    """The field of the last layer of stage1, stage2, …"""
    return [[f.size for name, f in fields.items() if name.startswith(f"{stage}{i}.")][-1] for i in (1, 2, 3, 4)]


def test_vgg16_as_published():
    fields = published("vgg16")
    blocks = [(5, 6), (14, 16), (40, 44), (92, 100), (196, 212)]
    assert [(fields[f"features.{i - 1}"].size, fields[f"features.{i}"].size) for i in (4, 9, 16, 23, 30)] == blocks


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("resnet18", [43, 99, 211, 435]),
        ("resnet34", [59, 179, 547, 899]),
        ("resnet50", [35, 91, 267, 427]),
    ],
)
def test_torchvisions_resnets_as_published(name, sizes):
    assert after_stages(published(name), "layer") == sizes


@pytest.mark.parametrize(("depth", "size"), [(20, 81), (32, 137), (44, 193), (56, 249), (110, 501)])
@pytest.mark.parametrize("skip", [True, False])
def test_cifar_resnets_as_published(depth, size, skip):
    fields = ours(f"resnet{depth}", skip=skip)
    assert [field.size for name, field in fields.items() if name.startswith("stage3.")][-1] == size


def test_resnet18_with_a_small_stem_as_published():
    assert after_stages(ours("resnet18"), "stage") == [11, 25, 53, 109]


def positive(model: nn.Module) -> nn.Module:
    """In float64, with average pooling and weights above zero, so that no two paths cancel and none is too weak."""
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.MaxPool2d):
            parent, _, last = name.rpartition(".")
            average: nn.Module = nn.AvgPool2d(module.kernel_size, module.stride, module.padding)
            if name == "global_pool":  # made for square images; a strip is none
                average = nn.AdaptiveAvgPool2d(1)
            setattr(model.get_submodule(parent), last, average)
        elif isinstance(module, nn.Conv2d):
            nn.init.uniform_(module.weight, 0.5 / module.weight[0].numel(), 2 / module.weight[0].numel())
    return model.double().eval()


Reached = dict[str, tuple[int, tuple[int, int]]]


def reached(model: nn.Module, layers: Iterable[str], height: int, width: int) -> Reached:
    """For each layer the index of a row's central unit, and the first and last pixel that its gradient reaches."""
    pixels = torch.ones(1, 3, height, width, dtype=torch.float64, requires_grad=True)
    with capture(model, layers) as outputs:
        model(pixels)
    found = {}
    for layer, output in outputs.items():
        row, column = output.shape[2] // 2, output.shape[3] // 2
        (gradient,) = torch.autograd.grad(output[0, :, row, column].sum(), pixels, retain_graph=True)
        columns = torch.nonzero(gradient.sum(dim=(0, 1, 2)))[:, 0]
        found[layer] = column, (int(columns[0]), int(columns[-1]))
    return found


def expected(field: Field, unit: int, width: int) -> tuple[int, int]:
    """First and last pixel of the unit's square, as far as they lie in the image."""
    return max(field.start(unit), 0), min(field.start(unit) + field.size, width) - 1


# A strip, for a square of 512 × 512 takes minutes: as high as poolings need it, wider than the largest field.
STRIPS = {
    "vgg": (32, 320),
    "airbench": (32, 128),
    "simple_cnn": (4, 128),
    "residual_cnn": (4, 128),
    **dict.fromkeys(("resnet101", "resnet110", "resnet152"), (1, 640)),
    "resnet": (1, 256),
}


@pytest.mark.parametrize("name", [name for name in MODELS if name != "mlp"])
def test_the_gradient_reaches_what_the_theory_says_in_every_model(name):
    height, width = next(strip for start, strip in STRIPS.items() if name.startswith(start))
    model = positive(build(name, 3, 10))
    convolutions = [n for n, module in model.named_modules() if isinstance(module, nn.Conv2d) and "skip" not in n]
    pools = [n for n, module in model.named_modules() if isinstance(module, nn.AvgPool2d)]
    fields = ours(name)
    layers = {convolutions[1], convolutions[len(convolutions) // 2], convolutions[-1], *pools[-1:]}
    for layer, (unit, pixels) in reached(model, layers, height, width).items():
        assert fields[layer].size < width, "the strip must be wide enough to see both ends"
        assert pixels == expected(fields[layer], unit, width), layer


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("residual_cnn", {"depth": 4, "kernel": 5}),
        ("simple_cnn", {"kernel": "1x1+3x3", "depth": 4}),
        ("vgg11", {"residual": True}),
        ("resnet20", {"skip": False}),
        ("resnet20", {"shortcut": "B"}),
    ],
)
def test_and_with_other_options(name, options):
    model, fields = positive(build(name, 3, 10, **options)), ours(name, **options)
    layer = [n for n, module in model.named_modules() if isinstance(module, nn.Conv2d) and "skip" not in n][-1]
    unit, pixels = reached(model, [layer], 32, 192)[layer]
    assert fields[layer].size < 192
    assert pixels == expected(fields[layer], unit, 192)


@pytest.mark.parametrize(
    ("name", "options", "sizes"),
    [
        ("simple_cnn", {"depth": 2}, [3, 4, 6, 14]),
        ("simple_cnn", {"depth": 2, "kernel": "1x1+3x3"}, [1, 3, 4, 6, 6, 14]),
        ("vgg11", {}, [3, 4, 8, 10, 18, 26, 30, 46, 62, 70, 102, 134]),
        ("vgg11", {"residual": True, "shortcut": "C"}, [3, 4, 8, 10, 18, 26, 30, 46, 62, 70, 102, 134]),
        ("resnet20", {"shortcut": "B"}, [*range(3, 17, 2), *range(17, 41, 4), *range(41, 82, 8)]),
        ("mlp", {}, []),
    ],
)
def test_a_field_grows_from_layer_to_layer(name, options, sizes):
    """Up to the last convolution on the way through, whatever lies on the skips."""
    with torch.device("meta"):
        grown = field_growth(build(name, 3, 10, **options), 3, 32)
    assert [field.size for _, field in grown] == sizes
    assert not any("skip" in layer for layer, _ in grown)


@pytest.mark.parametrize("seed", range(20))
def test_and_in_random_nets(seed):
    draw, layers, side = random.Random(seed), [], 64
    for _ in range(draw.randint(1, 5)):
        kernel, stride = draw.choice([1, 2, 3, 5]), draw.choice([1, 1, 2])
        if draw.random() < 0.3:
            layers.append(nn.AvgPool2d(kernel, stride, kernel // 2))
        else:
            dilation = draw.choice([1, 1, 2])
            padding = draw.choice([0, draw.randint(0, kernel), "same" if stride == 1 and kernel % 2 else 1])
            layers.append(nn.Conv2d(3, 3, kernel, stride, padding, dilation))
        side = layers[-1](torch.zeros(1, 3, side, side)).shape[-1]
        if side < 8:
            break
    net, last = nn.Sequential(*layers), str(len(layers) - 1)
    field = fields_of(net, 3, 64)[last]
    unit, pixels = reached(positive(net), [last], 64, 64)[last]
    assert pixels == expected(field, unit, 64)


def test_a_branch_counts_where_it_reaches_further():
    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.left = nn.Conv2d(3, 3, 3, padding=0)
            self.right = nn.Conv2d(3, 3, 7, padding=2)

        def forward(self, x: Tensor) -> Tensor:
            return self.left(x) + self.right(x)

    field = fields_of(Branches(), 3, 32)["add"]
    assert field == Field(7, 1, 2)
    assert (field.start(3), field.centre(3)) == (1, 4)


def test_flat_layers_and_global_pools_see_what_the_whole_map_sees():
    fields = fields_of(seeded(PooledNet), 3, 16)
    assert fields["conv2"] == Field(8, 2, 3)
    assert fields["pool"].size == fields["flatten"].size == fields["head"].size == 8 + 7 * 2
    assert ours("mlp")["head"].size == 32
    # VGG's first head repeats a 1×1 map to 7×7: no unit of it sees more than that one pixel did.
    wide = ours("vgg16", head="imagenet")
    assert wide["avgpool"] == Field(212, 0, 90)
    assert wide["flatten"].size == 212


def test_the_nearest_unit_has_its_centre_there():
    field = Field(11, 4, 5)
    assert [field.nearest(round(field.centre(unit)), 8) for unit in range(8)] == list(range(8))
    assert (field.nearest(-100, 8), field.nearest(100, 8)) == (0, 7)


def test_a_layer_that_is_not_understood_is_named():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Upsample(scale_factor=2))
    with pytest.raises(UserError, match="'1' \\(Upsample\\)"):
        fields_of(model, 3, 16)


@pytest.mark.parametrize(("layer", "row", "column"), [("conv1", 4, 9), ("conv2", 3, 0), ("relu2", 7, 7)])
def test_the_effective_field_lies_within_the_theoretical_one(layer, row, column):
    model = seeded(PooledNet)
    field = fields_of(model, 3, 16)[layer]
    found = effective_field(model, layer, images(5), row, column)
    assert found.shape == (16, 16)
    assert found.dtype == np.float32
    assert found.sum() == pytest.approx(1, abs=1e-5)
    rows, columns = (slice(max(field.start(unit), 0), field.start(unit) + field.size) for unit in (row, column))
    inside = found[rows, columns].sum()
    assert inside == pytest.approx(1, abs=1e-5)
    assert hooks(model) == 0
    assert all(parameter.grad is None for parameter in model.parameters())


def test_of_a_linear_convolution_it_is_the_size_of_its_kernel():
    model = nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, bias=False))
    found = effective_field(model, "0", images(3, channels=1), 8, 5)
    kernel = model[0].weight.detach().abs()[0, 0]
    np.testing.assert_allclose(found[7:10, 4:7], (kernel / kernel.sum()).numpy(), rtol=1e-5)


def test_in_inference_mode_too_and_for_flat_layers():
    model = seeded(PooledNet)
    with torch.inference_mode():
        found = effective_field(model, "head", images(2), 0, 0)
    assert found.sum() == pytest.approx(1, abs=1e-5)


def test_a_unit_that_nothing_moves_has_an_empty_field():
    model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
    nn.init.constant_(model[0].bias, -1e6)
    found = effective_field(model, "1", images(2), 3, 3)
    assert not found.any()
    assert held_side(found) == 0


def test_a_unit_that_does_not_exist_is_refused():
    with pytest.raises(UserError, match="its maps are 8×8"):
        effective_field(seeded(PooledNet), "conv2", images(1), 8, 0)
    with pytest.raises(UserError, match="No layer 'conv9'"):
        effective_field(seeded(PooledNet), "conv9", images(1), 0, 0)


def test_the_held_side_counts_the_strongest_pixels():
    spot = np.zeros((10, 10), dtype=np.float32)
    spot[2:4, 2:4] = 0.25
    assert held_side(spot) == 2
    assert held_side(np.full((10, 10), 0.01)) == 10
    spot[9, 9] = 0.01  # one hundredth more, far away
    assert held_side(spot) == 2
